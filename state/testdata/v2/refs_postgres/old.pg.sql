SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.staff (
    id integer NOT NULL,
    name text NOT NULL,
    ward text NOT NULL,
    manager integer
);
CREATE TABLE public.visits (
    id bigint NOT NULL,
    staff integer NOT NULL,
    day date NOT NULL,
    paid numeric(9,2)
);
CREATE TABLE public.ward (
    code text NOT NULL,
    name character varying(40) NOT NULL
);
COPY public.staff (id, name, ward, manager) FROM stdin;
1	Ann	A1	3
2	Bob	B2	1
3	Cyd	A1	\N
4	Dee	B2	1
\.
COPY public.visits (id, staff, day, paid) FROM stdin;
1	1	2020-01-01	1.50
2	1	2020-02-01	\N
3	2	2020-01-01	7.00
\.
COPY public.ward (code, name) FROM stdin;
A1	Maple
B2	Elm
\.
ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.visits
    ADD CONSTRAINT visits_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.ward
    ADD CONSTRAINT ward_pkey PRIMARY KEY (code);
ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_manager_fkey FOREIGN KEY (manager) REFERENCES public.staff(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_ward_fkey FOREIGN KEY (ward) REFERENCES public.ward(code);
