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
CREATE SCHEMA _migrateiq;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE _migrateiq.chunk (
    run text NOT NULL,
    mapping text NOT NULL,
    chunk text NOT NULL,
    n integer NOT NULL,
    bounds text NOT NULL,
    epoch bigint NOT NULL,
    moment text NOT NULL,
    source text NOT NULL,
    written text NOT NULL,
    replaced text NOT NULL,
    filtered bigint NOT NULL,
    counts text NOT NULL,
    rejected bigint NOT NULL,
    bytes bigint NOT NULL,
    committed timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    number bigint NOT NULL,
    live boolean DEFAULT true NOT NULL
);
CREATE TABLE _migrateiq.chunk_list (
    run text NOT NULL,
    mapping text NOT NULL,
    n integer NOT NULL,
    bounds text NOT NULL,
    positional boolean NOT NULL,
    rows bigint NOT NULL
);
ALTER TABLE _migrateiq.chunk ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME _migrateiq.chunk_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE _migrateiq.definition (
    mapping text NOT NULL,
    definition text NOT NULL
);
CREATE TABLE _migrateiq.fence (
    one boolean DEFAULT true NOT NULL,
    lineage text NOT NULL,
    epoch bigint NOT NULL,
    session text NOT NULL,
    application text NOT NULL,
    CONSTRAINT fence_one_check CHECK (one)
);
CREATE TABLE _migrateiq.keymap (
    mapping text NOT NULL,
    old text NOT NULL COLLATE pg_catalog."C",
    new text NOT NULL COLLATE pg_catalog."C",
    run text NOT NULL,
    chunk text NOT NULL
);
CREATE TABLE _migrateiq.meta (
    one boolean DEFAULT true NOT NULL,
    format integer NOT NULL,
    target text NOT NULL,
    lineage text NOT NULL,
    secret bytea NOT NULL,
    CONSTRAINT meta_one_check CHECK (one)
);
CREATE TABLE _migrateiq.reject (
    run text NOT NULL,
    mapping text NOT NULL,
    chunk text NOT NULL,
    n bigint NOT NULL,
    key text NOT NULL,
    field text NOT NULL,
    rule text NOT NULL,
    reason text NOT NULL
);
CREATE TABLE _migrateiq.run (
    id text NOT NULL,
    lineage text NOT NULL,
    plan_digest text NOT NULL,
    epoch bigint NOT NULL,
    opened timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    closed timestamp with time zone,
    outcome text DEFAULT ''::text NOT NULL
);
CREATE TABLE _migrateiq.step (
    run text NOT NULL,
    n integer NOT NULL,
    done timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
CREATE TABLE _migrateiq.written (
    run text NOT NULL,
    mapping text NOT NULL,
    key bytea NOT NULL,
    chunk text NOT NULL
);
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
COPY _migrateiq.chunk (run, mapping, chunk, n, bounds, epoch, moment, source, written, replaced, filtered, counts, rejected, bytes, committed, number, live) FROM stdin;
1e2dc81365125b84	mapping.entries#4408fa27	d912febb00eb1760f3d2acb74d1523d4	0	{}	1	742:742: of 1795388559.632896	2:a9fa643f1c37086c:5d03bd93cffb683e	2:a9fa643f1c37086c:5d03bd93cffb683e	0:0000000000000000:0000000000000000	0	null	0	30	2026-11-22 23:02:44.914068+00	1	t
1e2dc81365125b84	mapping.changes#414e7656	d5a8ecb4aab72143d5c8df54f27082a7	0	{}	1	742:742: of 1795388559.632896	2:af995171293b0f20:0073cd4a441ad009	2:af995171293b0f20:0073cd4a441ad009	0:0000000000000000:0000000000000000	0	null	0	46	2026-11-22 23:02:44.94102+00	2	t
1e2dc81365125b84	mapping.versions#82ef7125	157e7061c1597986e5254cd865961137	0	{}	1	742:742: of 1795388559.632896	2:5c1b5dbd845019ee:a31a283392987826	2:5c1b5dbd845019ee:a31a283392987826	0:0000000000000000:0000000000000000	0	null	0	30	2026-11-22 23:02:45.001431+00	3	t
80ca2d136c8d1585	mapping.changes#414e7656	6cae9eaf6b88e89597209d29608e1f82	0	*	2	765:765: of 1795388559.632896	1:a5d4a83a1ce6cb49:d212d8463b58f6b6	1:a5d4a83a1ce6cb49:d212d8463b58f6b6	1:5c7ae540441d67eb:ae37d61a25d85fcd	0	null	0	24	2026-11-22 23:02:47.615103+00	4	t
80ca2d136c8d1585	mapping.versions#82ef7125	36f229829800c1917eea58e245834b82	0	*	2	765:765: of 1795388559.632896	1:12f46a91e8e23e11:0fcf67f6b53880d5	1:12f46a91e8e23e11:0fcf67f6b53880d5	1:6cd241c1d63e9c4b:1a7cd92f960d2292	0	null	0	16	2026-11-22 23:02:47.693302+00	5	t
80ca2d136c8d1585	mapping.entries#4408fa27	2da8f220d93ed60403948003c23e1bf0	0	*	2	765:765: of 1795388559.632896	1:438c8e78bc3d53d7:984774ca62ccb832	1:438c8e78bc3d53d7:984774ca62ccb832	0:0000000000000000:0000000000000000	0	null	0	17	2026-11-22 23:02:47.727933+00	6	t
\.
COPY _migrateiq.chunk_list (run, mapping, n, bounds, positional, rows) FROM stdin;
1e2dc81365125b84	mapping.entries#4408fa27	0	{}	f	2
1e2dc81365125b84	mapping.changes#414e7656	0	{}	f	2
1e2dc81365125b84	mapping.versions#82ef7125	0	{}	f	2
80ca2d136c8d1585	mapping.changes#414e7656	0	*	f	0
80ca2d136c8d1585	mapping.versions#82ef7125	0	*	f	0
80ca2d136c8d1585	mapping.entries#4408fa27	0	*	f	0
\.
COPY _migrateiq.definition (mapping, definition) FROM stdin;
mapping.changes	{"uid":"mapping.changes#414e7656","address":"mapping.changes","hashes":{"fields":{"at":"69f58d5b9af99958b185f62aa79102eb2cc9340bcda1c917dd4810a43f943235","id":"9990c41aa0f8ce8d7d8ddf7cfdb08a1e71d9b752a64430a43bb4e0c91c2b68bb","v":"fe6c8b1789f38bf4c001f8cc46c59a3746af0289c960999c0a638fac0af14606"},"rows":"6806cac8006767010f28d615b36c906f9b25b039fe38ed26e4cd4a7d3bf8c4c9","mode":"3ff313caa48375df6bdce2db6cf59f1a4b211ace90d4c656dc59d94f271d14fd","key":"dad4fa9b26620ed9c992c1034df47374373d0f8ca0742f92ab30120cfae7a785","shape":"2a7d9ec931fa786262341c1f96589d62dbd47b49490ba5f4aacb1dbfb153d97d","govern":"adbb96e05a41a15add0dde5bd31beafa9f6802167e0b741694b745c4c4bfd81a","exec":"058480d64c3d8fb9621a18d2f6e2ed1cdc7531b39a8a7b72e326404f2a913f07"},"definition":{"source":"source.postgres.old","source_table":{"schema":"public","name":"changes"},"source_key":["id"],"read":[{"name":"id","type":{"kind":"int32"},"declared":"integer","null":false},{"name":"at","type":{"kind":"timestamptz","precision":6},"declared":"timestamp with time zone","null":false},{"name":"v","type":{"kind":"string"},"declared":"text","null":true}],"params":[],"lookups":[],"target":"target.postgres.new","target_table":{"schema":"public","name":"changes"},"fields":[{"name":"id","cel":"src[\\"id\\"]","canonical":"src[\\"id\\"]","column":{"name":"id","type":{"kind":"int32"},"declared":"integer","null":false},"value":{"kind":"int32"},"may_be_null":false,"plain":"id","sources":["id"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":22}},{"name":"at","cel":"src[\\"at\\"]","canonical":"src[\\"at\\"]","column":{"name":"at","type":{"kind":"timestamptz","precision":6},"declared":"timestamp with time zone","null":false},"value":{"kind":"timestamptz","precision":6},"may_be_null":false,"plain":"at","sources":["at"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":22}},{"name":"v","cel":"src[\\"v\\"]","canonical":"src[\\"v\\"]","column":{"name":"v","type":{"kind":"string"},"declared":"text","null":true},"value":{"kind":"string"},"may_be_null":true,"plain":"v","sources":["v"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":22}}],"key":["id"],"key_is_source":true,"mode":"upsert","cursor":{"column":"at","kind":"timestamp","after":"2020-01-01 11:00:00.000000Z","up_to":"2020-01-01 12:00:00.000000Z","seen":"{\\"line\\":1,\\"low\\":742,\\"next\\":742,\\"tables\\":[16394]}","below":1},"checks":[],"reconcile":[],"max_rejects":{"rows":0,"per_million":0,"percent":false},"max_row_drift":{"rows":0,"per_million":50000,"percent":true},"on_target_drift":"report"},"source":{"endpoint":"source.postgres.old","identity":"postgres:983320022/corpus_cursors_postgres_old","table":"public.changes","schemas":{"public.changes":"763891a87786c0e5b8ce15d933fb69e8bffc2e812c991ce3d81972cc7349f40e"},"columns":["id int32 not null","at timestamptz(6) not null","v string"]},"target":{"endpoint":"target.postgres.new","identity":"postgres:581476214/corpus_cursors_postgres_new","id":"b5c25836-ccc7-4706-89f1-c6836a45de96","table":"public.changes","schemas":{"public.changes":"763891a87786c0e5b8ce15d933fb69e8bffc2e812c991ce3d81972cc7349f40e"},"columns":["id int32 not null","at timestamptz(6) not null","v string"]},"cursor":{"column":"at","position":"2020-01-01 12:00:00.000000Z","moment":"765:765: of 1795388559.632896","seen":"{\\"line\\":1,\\"low\\":765,\\"next\\":765,\\"tables\\":[16394]}"},"digest":"2:f8f3146b0204727e:244ecf76599b66f2","rows":2,"source_count":2,"run":"80ca2d136c8d1585","base_run":"1e2dc81365125b84","list_run":"1e2dc81365125b84","applied_at":"2026-11-22T23:02:37.085778144Z","reports":[{"name":"reconcile","kind":"reconcile","passed":true,"message":"2 rows, count and digest agree","run":"80ca2d136c8d1585","at":"2026-11-22T23:02:37.085778144Z"}],"policy":{"rules":"sha256:c15180eb7adba4be6935b9f947f1cc65cf22523e3272d7dea15f569e40f52ccd","decisions":{"CORE-04":"pass"}}}
mapping.entries	{"uid":"mapping.entries#4408fa27","address":"mapping.entries","hashes":{"fields":{"id":"e73998a4144f2d290b872acdded95b467a93be9c3c367624c8747ebeb0bfda8c","v":"fe6c8b1789f38bf4c001f8cc46c59a3746af0289c960999c0a638fac0af14606"},"rows":"5384e7e981710fc67df8577c17beb6c00f007532281ec590f1822a4272696247","mode":"ada4e808c7ff4d1cfe5b60766b5dde10c7ffa9991b8a9b4e1da37f580459998d","key":"ad9bc17b28a75c75c0f111cce440be7d5d4dc6389942fbd5a2d19116083db635","shape":"f1d9d7d021db284ab1b4765f6676c0782d36239a69f43cf98d0ef99e8b08da07","govern":"d48fbdadef1931e9218b791320a8cca599054c0ffe150b1e2faf71231cddf244","exec":"058480d64c3d8fb9621a18d2f6e2ed1cdc7531b39a8a7b72e326404f2a913f07"},"definition":{"source":"source.postgres.old","source_table":{"schema":"public","name":"entries"},"source_key":["id"],"read":[{"name":"id","type":{"kind":"int64"},"declared":"bigint","null":false},{"name":"v","type":{"kind":"string"},"declared":"text","null":true}],"params":[],"lookups":[],"target":"target.postgres.new","target_table":{"schema":"public","name":"entries"},"fields":[{"name":"id","cel":"src[\\"id\\"]","canonical":"src[\\"id\\"]","column":{"name":"id","type":{"kind":"int64"},"declared":"bigint","null":false},"value":{"kind":"int64"},"may_be_null":false,"plain":"id","sources":["id"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":11}},{"name":"v","cel":"src[\\"v\\"]","canonical":"src[\\"v\\"]","column":{"name":"v","type":{"kind":"string"},"declared":"text","null":true},"value":{"kind":"string"},"may_be_null":true,"plain":"v","sources":["v"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":11}}],"key":["id"],"key_is_source":true,"mode":"append","cursor":{"column":"id","kind":"sequence","after":"2","up_to":"3","seen":"{\\"line\\":1,\\"low\\":742,\\"next\\":742,\\"tables\\":[16387]}","below":2},"checks":[],"reconcile":[],"max_rejects":{"rows":0,"per_million":0,"percent":false},"max_row_drift":{"rows":0,"per_million":50000,"percent":true},"on_target_drift":"report"},"source":{"endpoint":"source.postgres.old","identity":"postgres:983320022/corpus_cursors_postgres_old","table":"public.entries","schemas":{"public.entries":"9a9a65999e3339ab4d34a0c4bca9643e70054c43ab216cdf3b5f823491bf3211"},"columns":["id int64 not null","v string"]},"target":{"endpoint":"target.postgres.new","identity":"postgres:581476214/corpus_cursors_postgres_new","id":"b5c25836-ccc7-4706-89f1-c6836a45de96","table":"public.entries","schemas":{"public.entries":"9a9a65999e3339ab4d34a0c4bca9643e70054c43ab216cdf3b5f823491bf3211"},"columns":["id int64 not null","v string"]},"cursor":{"column":"id","position":"3","moment":"765:765: of 1795388559.632896","seen":"{\\"line\\":1,\\"low\\":765,\\"next\\":765,\\"tables\\":[16387]}"},"digest":"3:ed86f2b7d8745c43:f54b325e32c82070","rows":3,"source_count":3,"run":"80ca2d136c8d1585","base_run":"1e2dc81365125b84","list_run":"1e2dc81365125b84","applied_at":"2026-11-22T23:02:37.085778144Z","reports":[{"name":"reconcile","kind":"reconcile","passed":true,"message":"3 rows, count and digest agree","run":"80ca2d136c8d1585","at":"2026-11-22T23:02:37.085778144Z"}],"policy":{"rules":"sha256:c15180eb7adba4be6935b9f947f1cc65cf22523e3272d7dea15f569e40f52ccd","decisions":{"CORE-04":"pass"}}}
mapping.versions	{"uid":"mapping.versions#82ef7125","address":"mapping.versions","hashes":{"fields":{"id":"9990c41aa0f8ce8d7d8ddf7cfdb08a1e71d9b752a64430a43bb4e0c91c2b68bb","v":"fe6c8b1789f38bf4c001f8cc46c59a3746af0289c960999c0a638fac0af14606"},"rows":"e125b6a9655f4285b487873dd54cf122975659b67ebf7684afa16e0191334d76","mode":"3ff313caa48375df6bdce2db6cf59f1a4b211ace90d4c656dc59d94f271d14fd","key":"dad4fa9b26620ed9c992c1034df47374373d0f8ca0742f92ab30120cfae7a785","shape":"29d4931d0fa89e04bbc9e14e9da48659140b44a47bd6f4234b700aa8c9dced79","govern":"d48fbdadef1931e9218b791320a8cca599054c0ffe150b1e2faf71231cddf244","exec":"058480d64c3d8fb9621a18d2f6e2ed1cdc7531b39a8a7b72e326404f2a913f07"},"definition":{"source":"source.postgres.old","source_table":{"schema":"public","name":"versions"},"source_key":["id"],"read":[{"name":"id","type":{"kind":"int32"},"declared":"integer","null":false},{"name":"v","type":{"kind":"string"},"declared":"text","null":true}],"params":[],"lookups":[],"target":"target.postgres.new","target_table":{"schema":"public","name":"versions"},"fields":[{"name":"id","cel":"src[\\"id\\"]","canonical":"src[\\"id\\"]","column":{"name":"id","type":{"kind":"int32"},"declared":"integer","null":false},"value":{"kind":"int32"},"may_be_null":false,"plain":"id","sources":["id"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":33}},{"name":"v","cel":"src[\\"v\\"]","canonical":"src[\\"v\\"]","column":{"name":"v","type":{"kind":"string"},"declared":"text","null":true},"value":{"kind":"string"},"may_be_null":true,"plain":"v","sources":["v"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":33}}],"key":["id"],"key_is_source":true,"mode":"upsert","cursor":{"column":"","kind":"xmin","after":"","up_to":"","seen":"{\\"line\\":1,\\"low\\":742,\\"next\\":742,\\"tables\\":[16401]}","below":1},"checks":[],"reconcile":[],"max_rejects":{"rows":0,"per_million":0,"percent":false},"max_row_drift":{"rows":0,"per_million":50000,"percent":true},"on_target_drift":"report"},"source":{"endpoint":"source.postgres.old","identity":"postgres:983320022/corpus_cursors_postgres_old","table":"public.versions","schemas":{"public.versions":"c74874b66e02ca49978e2c95e670a89cad331af4283190e29118e93e5836301f"},"columns":["id int32 not null","v string"]},"target":{"endpoint":"target.postgres.new","identity":"postgres:581476214/corpus_cursors_postgres_new","id":"b5c25836-ccc7-4706-89f1-c6836a45de96","table":"public.versions","schemas":{"public.versions":"c74874b66e02ca49978e2c95e670a89cad331af4283190e29118e93e5836301f"},"columns":["id int32 not null","v string"]},"cursor":{"column":"","position":"","moment":"765:765: of 1795388559.632896","seen":"{\\"line\\":1,\\"low\\":765,\\"next\\":765,\\"tables\\":[16401]}"},"digest":"2:023d868d96f3bbb4:986cb6fab1c3d669","rows":2,"source_count":2,"run":"80ca2d136c8d1585","base_run":"1e2dc81365125b84","list_run":"1e2dc81365125b84","applied_at":"2026-11-22T23:02:37.085778144Z","reports":[{"name":"reconcile","kind":"reconcile","passed":true,"message":"2 rows, count and digest agree","run":"80ca2d136c8d1585","at":"2026-11-22T23:02:37.085778144Z"}],"policy":{"rules":"sha256:c15180eb7adba4be6935b9f947f1cc65cf22523e3272d7dea15f569e40f52ccd","decisions":{"CORE-04":"pass"}}}
\.
COPY _migrateiq.fence (one, lineage, epoch, session, application) FROM stdin;
t	4ae77ca3-e05c-41db-ad86-ff6693ebcbe0	2	a test	migrateiq 0786020f
\.
COPY _migrateiq.keymap (mapping, old, new, run, chunk) FROM stdin;
\.
COPY _migrateiq.meta (one, format, target, lineage, secret) FROM stdin;
t	2	b5c25836-ccc7-4706-89f1-c6836a45de96	4ae77ca3-e05c-41db-ad86-ff6693ebcbe0	\\xf11a243a96fa0b74be9a04405e2016ced7d516173c10c7aead59a09edbeae8b0
\.
COPY _migrateiq.reject (run, mapping, chunk, n, key, field, rule, reason) FROM stdin;
\.
COPY _migrateiq.run (id, lineage, plan_digest, epoch, opened, closed, outcome) FROM stdin;
1e2dc81365125b84	4ae77ca3-e05c-41db-ad86-ff6693ebcbe0	sha256:1e2dc81365125b8488d2d55d6331915e7a1e7e611730ec0f442f727afe3aa904	1	2026-11-22 23:02:44.477799+00	2026-11-22 23:02:45.509335+00	done
80ca2d136c8d1585	4ae77ca3-e05c-41db-ad86-ff6693ebcbe0	sha256:80ca2d136c8d15854f1d578ddd853ab3ad022d3ebffebab155dffde0fdf43d9d	2	2026-11-22 23:02:47.381806+00	2026-11-22 23:02:48.025165+00	done
\.
COPY _migrateiq.step (run, n, done) FROM stdin;
1e2dc81365125b84	0	2026-11-22 23:02:44.501961+00
1e2dc81365125b84	2	2026-11-22 23:02:44.502226+00
1e2dc81365125b84	1	2026-11-22 23:02:44.518519+00
1e2dc81365125b84	4	2026-11-22 23:02:44.939102+00
1e2dc81365125b84	3	2026-11-22 23:02:44.96431+00
1e2dc81365125b84	6	2026-11-22 23:02:44.980259+00
1e2dc81365125b84	8	2026-11-22 23:02:44.981953+00
1e2dc81365125b84	7	2026-11-22 23:02:45.002558+00
1e2dc81365125b84	5	2026-11-22 23:02:45.003912+00
1e2dc81365125b84	9	2026-11-22 23:02:45.004937+00
1e2dc81365125b84	10	2026-11-22 23:02:45.031494+00
1e2dc81365125b84	11	2026-11-22 23:02:45.034783+00
1e2dc81365125b84	12	2026-11-22 23:02:45.137639+00
1e2dc81365125b84	13	2026-11-22 23:02:45.168271+00
1e2dc81365125b84	14	2026-11-22 23:02:45.250138+00
80ca2d136c8d1585	0	2026-11-22 23:02:47.63313+00
80ca2d136c8d1585	2	2026-11-22 23:02:47.704827+00
80ca2d136c8d1585	1	2026-11-22 23:02:47.73+00
80ca2d136c8d1585	3	2026-11-22 23:02:47.871478+00
80ca2d136c8d1585	4	2026-11-22 23:02:47.876598+00
80ca2d136c8d1585	5	2026-11-22 23:02:47.877762+00
\.
COPY _migrateiq.written (run, mapping, key, chunk) FROM stdin;
\.
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
SELECT pg_catalog.setval('_migrateiq.chunk_number_seq', 6, true);
ALTER TABLE ONLY _migrateiq.chunk_list
    ADD CONSTRAINT chunk_list_pkey PRIMARY KEY (run, mapping, n);
ALTER TABLE ONLY _migrateiq.chunk
    ADD CONSTRAINT chunk_pkey PRIMARY KEY (run, mapping, chunk);
ALTER TABLE ONLY _migrateiq.definition
    ADD CONSTRAINT definition_pkey PRIMARY KEY (mapping);
ALTER TABLE ONLY _migrateiq.fence
    ADD CONSTRAINT fence_pkey PRIMARY KEY (one);
ALTER TABLE ONLY _migrateiq.keymap
    ADD CONSTRAINT keymap_pkey PRIMARY KEY (mapping, old);
ALTER TABLE ONLY _migrateiq.meta
    ADD CONSTRAINT meta_pkey PRIMARY KEY (one);
ALTER TABLE ONLY _migrateiq.reject
    ADD CONSTRAINT reject_pkey PRIMARY KEY (run, mapping, chunk, n);
ALTER TABLE ONLY _migrateiq.run
    ADD CONSTRAINT run_pkey PRIMARY KEY (id);
ALTER TABLE ONLY _migrateiq.step
    ADD CONSTRAINT step_pkey PRIMARY KEY (run, n);
ALTER TABLE ONLY _migrateiq.written
    ADD CONSTRAINT written_pkey PRIMARY KEY (run, mapping, key);
ALTER TABLE ONLY public.changes
    ADD CONSTRAINT changes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.entries
    ADD CONSTRAINT entries_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.versions
    ADD CONSTRAINT versions_pkey PRIMARY KEY (id);
CREATE INDEX keymap_new ON _migrateiq.keymap USING btree (mapping, new);
