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
CREATE TYPE public.mood AS ENUM (
    'sad',
    'ok',
    'happy'
);
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.patient (
    id integer NOT NULL,
    ward integer,
    name text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.patient ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.patient_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.types (
    id bigint NOT NULL,
    b boolean,
    i2 smallint,
    i4 integer,
    n numeric(12,4),
    n0 numeric,
    r real,
    d double precision,
    c character(4),
    vc character varying(20),
    t text,
    by bytea,
    da date,
    ti time(3) without time zone,
    ts timestamp(3) without time zone,
    tz timestamp with time zone,
    iv interval,
    u uuid,
    j json,
    jb jsonb,
    ip inet,
    m public.mood,
    ia integer[],
    ta text[]
);
CREATE TABLE public.ward (
    no integer NOT NULL,
    name text NOT NULL
);
COPY public.patient (id, ward, name, at) FROM stdin;
3	\N	Cyd	2020-07-02 10:00:00+00
1	7	Anne	2020-07-01 10:00:00+00
\.
COPY public.types (id, b, i2, i4, n, n0, r, d, c, vc, t, by, da, ti, ts, tz, iv, u, j, jb, ip, m, ia, ta) FROM stdin;
1	t	-3	70000	12.3450	10000000000	0.1	0.1	ab  	vc	text	\\x00ff	2020-02-29	10:20:30.5	2020-07-01 10:00:00.123	2020-07-01 09:00:00.123456+00	1 mon 2 days 03:04:05.6	6f1c2b0e-5f0d-5a52-9c0b-4d3b7a9d2e11	{"a": 1, "b": [1,2]}	{"a": 1.50, "z": null}	10.0.0.1/24	ok	{1,2,NULL}	{a,"b c"}
2	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
\.
COPY public.ward (no, name) FROM stdin;
7	Maple
8	Birch
9	Elm
\.
SELECT pg_catalog.setval('public.patient_id_seq', 3, true);
ALTER TABLE ONLY public.patient
    ADD CONSTRAINT patient_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.types
    ADD CONSTRAINT types_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.ward
    ADD CONSTRAINT ward_pkey PRIMARY KEY (no);
ALTER TABLE ONLY public.patient
    ADD CONSTRAINT patient_ward_fkey FOREIGN KEY (ward) REFERENCES public.ward(no);
