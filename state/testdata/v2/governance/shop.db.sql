CREATE TABLE people (id integer primary key not null, name text not null, nhs text, born text);
insert into "people" ("id", "name", "nhs", "born") values (1, 'Ann', '9434765919', '1980-02-29');
insert into "people" ("id", "name", "nhs", "born") values (2, 'Bob', NULL, NULL);
