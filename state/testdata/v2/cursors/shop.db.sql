CREATE TABLE entries (id integer primary key not null, v text);
insert into "entries" ("id", "v") values (1, 'one');
insert into "entries" ("id", "v") values (2, 'two');
insert into "entries" ("id", "v") values (3, 'three');
CREATE TABLE changes (id integer primary key not null, at timestamp not null, v text, off boolean not null);
insert into "changes" ("id", "at", "v", "off") values (1, '2020-01-01 10:00:00', 'one', 0);
insert into "changes" ("id", "at", "v", "off") values (2, '2020-01-01 12:00:00', 'zwei', 0);
insert into "changes" ("id", "at", "v", "off") values (3, '2020-01-01 11:30:00', 'three', 1);
CREATE TABLE empty (id integer primary key not null, v text);
