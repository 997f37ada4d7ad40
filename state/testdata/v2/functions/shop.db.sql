CREATE TABLE a (id integer primary key not null, name text not null, amount decimal(9,2), born date);
insert into "a" ("id", "name", "amount", "born") values (1, 'mary o''neill', 12.5, '1980-02-29');
insert into "a" ("id", "name", "amount", "born") values (2, 'łukasz', NULL, NULL);
