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
CREATE TABLE public.changes (
    id integer NOT NULL,
    at timestamp with time zone NOT NULL,
    v text
);
CREATE TABLE public.entries (
    id bigint NOT NULL,
    v text
);
CREATE TABLE public.versions (
    id integer NOT NULL,
    v text
);
COPY public.changes (id, at, v) FROM stdin;
1	2020-01-01 10:00:00+00	one
2	2020-01-01 12:00:00+00	zwei
\.
COPY public.entries (id, v) FROM stdin;
1	one
2	two
3	three
\.
COPY public.versions (id, v) FROM stdin;
1	one
2	zwei
\.
ALTER TABLE ONLY public.changes
    ADD CONSTRAINT changes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.entries
    ADD CONSTRAINT entries_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.versions
    ADD CONSTRAINT versions_pkey PRIMARY KEY (id);
