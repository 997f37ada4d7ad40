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
9115eb42912c34bb	mapping.entries#65bfa14b	eea9869e0433422c15d1096df8b1c0b9	0	{}	1	739:741:739 of 1795388656.283225	2:cedde2c2f9620ae0:0d90fa8452c29c34	2:cedde2c2f9620ae0:0d90fa8452c29c34	0:0000000000000000:0000000000000000	0	null	0	30	2026-11-22 23:04:18.419762+00	1	t
9115eb42912c34bb	mapping.versions#7ec87e15	eb2d695a2b6ccaaac2aefec7090bfb85	0	{}	1	739:741:739 of 1795388656.283225	2:885270bd6b6e03bf:70c4acd4623f6b2e	2:885270bd6b6e03bf:70c4acd4623f6b2e	0:0000000000000000:0000000000000000	0	null	0	30	2026-11-22 23:04:18.424576+00	2	t
9115eb42912c34bb	mapping.changes#211a5ef7	15e7f14ef824e98e77118cf24c224302	0	{}	1	739:741:739 of 1795388656.283225	2:0337cc50f4e0bd93:743907f9eabd4d55	2:0337cc50f4e0bd93:743907f9eabd4d55	0:0000000000000000:0000000000000000	0	null	0	46	2026-11-22 23:04:18.428253+00	3	t
c33c35eeab93532f	mapping.versions#7ec87e15	16b2209cba63449408d6dec340983553	0	*	2	765:765: of 1795388656.283225	1:37d6779d080e89c1:b3a3594c22979ef1	1:37d6779d080e89c1:b3a3594c22979ef1	1:931e3a0e5f27ac78:074d2f89da1a1519	0	null	0	16	2026-11-22 23:04:19.844339+00	4	t
c33c35eeab93532f	mapping.changes#211a5ef7	4fb3a34cc829b0d80c5b0a97ea01c475	0	*	2	765:765: of 1795388656.283225	1:4c354c08a0bfda78:30407a12738a353d	1:4c354c08a0bfda78:30407a12738a353d	1:2faeba2190d96ee5:2f996a84153c1596	0	null	0	24	2026-11-22 23:04:19.924771+00	5	t
c33c35eeab93532f	mapping.entries#65bfa14b	298154b07924b134e6125a071bd2d962	0	*	2	765:765: of 1795388656.283225	1:f733d90a92d2e248:af339c658b6b9846	1:f733d90a92d2e248:af339c658b6b9846	0:0000000000000000:0000000000000000	0	null	0	17	2026-11-22 23:04:19.928013+00	6	t
\.
COPY _migrateiq.chunk_list (run, mapping, n, bounds, positional, rows) FROM stdin;
9115eb42912c34bb	mapping.entries#65bfa14b	0	{}	f	2
9115eb42912c34bb	mapping.versions#7ec87e15	0	{}	f	2
9115eb42912c34bb	mapping.changes#211a5ef7	0	{}	f	2
c33c35eeab93532f	mapping.versions#7ec87e15	0	*	f	0
c33c35eeab93532f	mapping.changes#211a5ef7	0	*	f	0
c33c35eeab93532f	mapping.entries#65bfa14b	0	*	f	0
\.
COPY _migrateiq.definition (mapping, definition) FROM stdin;
mapping.changes	{"uid":"mapping.changes#211a5ef7","address":"mapping.changes","hashes":{"fields":{"at":"69f58d5b9af99958b185f62aa79102eb2cc9340bcda1c917dd4810a43f943235","id":"9990c41aa0f8ce8d7d8ddf7cfdb08a1e71d9b752a64430a43bb4e0c91c2b68bb","v":"fe6c8b1789f38bf4c001f8cc46c59a3746af0289c960999c0a638fac0af14606"},"rows":"6806cac8006767010f28d615b36c906f9b25b039fe38ed26e4cd4a7d3bf8c4c9","mode":"3ff313caa48375df6bdce2db6cf59f1a4b211ace90d4c656dc59d94f271d14fd","key":"dad4fa9b26620ed9c992c1034df47374373d0f8ca0742f92ab30120cfae7a785","shape":"2a7d9ec931fa786262341c1f96589d62dbd47b49490ba5f4aacb1dbfb153d97d","govern":"adbb96e05a41a15add0dde5bd31beafa9f6802167e0b741694b745c4c4bfd81a","exec":"058480d64c3d8fb9621a18d2f6e2ed1cdc7531b39a8a7b72e326404f2a913f07"},"definition":{"source":"source.postgres.old","source_table":{"schema":"public","name":"changes"},"source_key":["id"],"read":[{"name":"id","type":{"kind":"int32"},"declared":"integer","null":false},{"name":"at","type":{"kind":"timestamptz","precision":6},"declared":"timestamp with time zone","null":false},{"name":"v","type":{"kind":"string"},"declared":"text","null":true}],"params":[],"lookups":[],"target":"target.postgres.new","target_table":{"schema":"public","name":"changes"},"fields":[{"name":"id","cel":"src[\\"id\\"]","canonical":"src[\\"id\\"]","column":{"name":"id","type":{"kind":"int32"},"declared":"integer","null":false},"value":{"kind":"int32"},"may_be_null":false,"plain":"id","sources":["id"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":22}},{"name":"at","cel":"src[\\"at\\"]","canonical":"src[\\"at\\"]","column":{"name":"at","type":{"kind":"timestamptz","precision":6},"declared":"timestamp with time zone","null":false},"value":{"kind":"timestamptz","precision":6},"may_be_null":false,"plain":"at","sources":["at"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":22}},{"name":"v","cel":"src[\\"v\\"]","canonical":"src[\\"v\\"]","column":{"name":"v","type":{"kind":"string"},"declared":"text","null":true},"value":{"kind":"string"},"may_be_null":true,"plain":"v","sources":["v"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":22}}],"key":["id"],"key_is_source":true,"mode":"upsert","cursor":{"column":"at","kind":"timestamp","after":"2020-01-01 11:00:00.000000Z","up_to":"2020-01-01 12:00:00.000000Z","seen":"{\\"line\\":1,\\"low\\":739,\\"next\\":741,\\"tables\\":[16394]}","below":1},"checks":[],"reconcile":[],"max_rejects":{"rows":0,"per_million":0,"percent":false},"max_row_drift":{"rows":0,"per_million":50000,"percent":true},"on_target_drift":"report"},"source":{"endpoint":"source.postgres.old","identity":"postgres:983320022/corpus_cursors_postgres_old","table":"public.changes","schemas":{"public.changes":"763891a87786c0e5b8ce15d933fb69e8bffc2e812c991ce3d81972cc7349f40e"}},"target":{"endpoint":"target.postgres.new","identity":"postgres:581476214/corpus_cursors_postgres_new","id":"00a8e3d6-5fd6-442e-b788-dadbef79fd8b","table":"public.changes","schemas":{"public.changes":"763891a87786c0e5b8ce15d933fb69e8bffc2e812c991ce3d81972cc7349f40e"}},"cursor":{"column":"at","position":"2020-01-01 12:00:00.000000Z","moment":"765:765: of 1795388656.283225","seen":"{\\"line\\":1,\\"low\\":765,\\"next\\":765,\\"tables\\":[16394]}"},"digest":"2:1fbe5e3804c72926:74e01788490b6cfc","rows":2,"source_count":2,"run":"c33c35eeab93532f","base_run":"9115eb42912c34bb","list_run":"9115eb42912c34bb","applied_at":"2026-11-22T23:04:20.346192008Z","reports":[{"name":"reconcile","kind":"reconcile","passed":true,"message":"2 rows, count and digest agree","run":"c33c35eeab93532f","at":"2026-11-22T23:04:20.346192008Z"}],"policy":{"rules":"sha256:c15180eb7adba4be6935b9f947f1cc65cf22523e3272d7dea15f569e40f52ccd","decisions":{"CORE-04":"pass"}}}
mapping.entries	{"uid":"mapping.entries#65bfa14b","address":"mapping.entries","hashes":{"fields":{"id":"e73998a4144f2d290b872acdded95b467a93be9c3c367624c8747ebeb0bfda8c","v":"fe6c8b1789f38bf4c001f8cc46c59a3746af0289c960999c0a638fac0af14606"},"rows":"5384e7e981710fc67df8577c17beb6c00f007532281ec590f1822a4272696247","mode":"ada4e808c7ff4d1cfe5b60766b5dde10c7ffa9991b8a9b4e1da37f580459998d","key":"ad9bc17b28a75c75c0f111cce440be7d5d4dc6389942fbd5a2d19116083db635","shape":"f1d9d7d021db284ab1b4765f6676c0782d36239a69f43cf98d0ef99e8b08da07","govern":"d48fbdadef1931e9218b791320a8cca599054c0ffe150b1e2faf71231cddf244","exec":"058480d64c3d8fb9621a18d2f6e2ed1cdc7531b39a8a7b72e326404f2a913f07"},"definition":{"source":"source.postgres.old","source_table":{"schema":"public","name":"entries"},"source_key":["id"],"read":[{"name":"id","type":{"kind":"int64"},"declared":"bigint","null":false},{"name":"v","type":{"kind":"string"},"declared":"text","null":true}],"params":[],"lookups":[],"target":"target.postgres.new","target_table":{"schema":"public","name":"entries"},"fields":[{"name":"id","cel":"src[\\"id\\"]","canonical":"src[\\"id\\"]","column":{"name":"id","type":{"kind":"int64"},"declared":"bigint","null":false},"value":{"kind":"int64"},"may_be_null":false,"plain":"id","sources":["id"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":11}},{"name":"v","cel":"src[\\"v\\"]","canonical":"src[\\"v\\"]","column":{"name":"v","type":{"kind":"string"},"declared":"text","null":true},"value":{"kind":"string"},"may_be_null":true,"plain":"v","sources":["v"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":11}}],"key":["id"],"key_is_source":true,"mode":"append","cursor":{"column":"id","kind":"sequence","after":"2","up_to":"3","seen":"{\\"line\\":1,\\"low\\":739,\\"next\\":741,\\"tables\\":[16387]}","below":2},"checks":[],"reconcile":[],"max_rejects":{"rows":0,"per_million":0,"percent":false},"max_row_drift":{"rows":0,"per_million":50000,"percent":true},"on_target_drift":"report"},"source":{"endpoint":"source.postgres.old","identity":"postgres:983320022/corpus_cursors_postgres_old","table":"public.entries","schemas":{"public.entries":"9a9a65999e3339ab4d34a0c4bca9643e70054c43ab216cdf3b5f823491bf3211"}},"target":{"endpoint":"target.postgres.new","identity":"postgres:581476214/corpus_cursors_postgres_new","id":"00a8e3d6-5fd6-442e-b788-dadbef79fd8b","table":"public.entries","schemas":{"public.entries":"9a9a65999e3339ab4d34a0c4bca9643e70054c43ab216cdf3b5f823491bf3211"}},"cursor":{"column":"id","position":"3","moment":"765:765: of 1795388656.283225","seen":"{\\"line\\":1,\\"low\\":765,\\"next\\":765,\\"tables\\":[16387]}"},"digest":"3:c611bbcd8c34ed28:bcc496e9de2e347a","rows":3,"source_count":3,"run":"c33c35eeab93532f","base_run":"9115eb42912c34bb","list_run":"9115eb42912c34bb","applied_at":"2026-11-22T23:04:20.357812469Z","reports":[{"name":"reconcile","kind":"reconcile","passed":true,"message":"3 rows, count and digest agree","run":"c33c35eeab93532f","at":"2026-11-22T23:04:20.357812469Z"}],"policy":{"rules":"sha256:c15180eb7adba4be6935b9f947f1cc65cf22523e3272d7dea15f569e40f52ccd","decisions":{"CORE-04":"pass"}}}
mapping.versions	{"uid":"mapping.versions#7ec87e15","address":"mapping.versions","hashes":{"fields":{"id":"9990c41aa0f8ce8d7d8ddf7cfdb08a1e71d9b752a64430a43bb4e0c91c2b68bb","v":"fe6c8b1789f38bf4c001f8cc46c59a3746af0289c960999c0a638fac0af14606"},"rows":"e125b6a9655f4285b487873dd54cf122975659b67ebf7684afa16e0191334d76","mode":"3ff313caa48375df6bdce2db6cf59f1a4b211ace90d4c656dc59d94f271d14fd","key":"dad4fa9b26620ed9c992c1034df47374373d0f8ca0742f92ab30120cfae7a785","shape":"29d4931d0fa89e04bbc9e14e9da48659140b44a47bd6f4234b700aa8c9dced79","govern":"d48fbdadef1931e9218b791320a8cca599054c0ffe150b1e2faf71231cddf244","exec":"058480d64c3d8fb9621a18d2f6e2ed1cdc7531b39a8a7b72e326404f2a913f07"},"definition":{"source":"source.postgres.old","source_table":{"schema":"public","name":"versions"},"source_key":["id"],"read":[{"name":"id","type":{"kind":"int32"},"declared":"integer","null":false},{"name":"v","type":{"kind":"string"},"declared":"text","null":true}],"params":[],"lookups":[],"target":"target.postgres.new","target_table":{"schema":"public","name":"versions"},"fields":[{"name":"id","cel":"src[\\"id\\"]","canonical":"src[\\"id\\"]","column":{"name":"id","type":{"kind":"int32"},"declared":"integer","null":false},"value":{"kind":"int32"},"may_be_null":false,"plain":"id","sources":["id"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":33}},{"name":"v","cel":"src[\\"v\\"]","canonical":"src[\\"v\\"]","column":{"name":"v","type":{"kind":"string"},"declared":"text","null":true},"value":{"kind":"string"},"may_be_null":true,"plain":"v","sources":["v"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":33}}],"key":["id"],"key_is_source":true,"mode":"upsert","cursor":{"column":"","kind":"xmin","after":"","up_to":"","seen":"{\\"line\\":1,\\"low\\":739,\\"next\\":741,\\"tables\\":[16401]}","below":1},"checks":[],"reconcile":[],"max_rejects":{"rows":0,"per_million":0,"percent":false},"max_row_drift":{"rows":0,"per_million":50000,"percent":true},"on_target_drift":"report"},"source":{"endpoint":"source.postgres.old","identity":"postgres:983320022/corpus_cursors_postgres_old","table":"public.versions","schemas":{"public.versions":"c74874b66e02ca49978e2c95e670a89cad331af4283190e29118e93e5836301f"}},"target":{"endpoint":"target.postgres.new","identity":"postgres:581476214/corpus_cursors_postgres_new","id":"00a8e3d6-5fd6-442e-b788-dadbef79fd8b","table":"public.versions","schemas":{"public.versions":"c74874b66e02ca49978e2c95e670a89cad331af4283190e29118e93e5836301f"}},"cursor":{"column":"","position":"","moment":"765:765: of 1795388656.283225","seen":"{\\"line\\":1,\\"low\\":765,\\"next\\":765,\\"tables\\":[16401]}"},"digest":"2:2d0aae4c1454e108:1d1ad696aabcf506","rows":2,"source_count":2,"run":"c33c35eeab93532f","base_run":"9115eb42912c34bb","list_run":"9115eb42912c34bb","applied_at":"2026-11-22T23:04:20.104627162Z","reports":[{"name":"reconcile","kind":"reconcile","passed":true,"message":"2 rows, count and digest agree","run":"c33c35eeab93532f","at":"2026-11-22T23:04:20.104627162Z"}],"policy":{"rules":"sha256:c15180eb7adba4be6935b9f947f1cc65cf22523e3272d7dea15f569e40f52ccd","decisions":{"CORE-04":"pass"}}}
\.
COPY _migrateiq.fence (one, lineage, epoch, session, application) FROM stdin;
t	f851ec51-8177-4092-b65a-92e744f035f4	2	somebody@somewhere pid 1	migrateiq 48b98770
\.
COPY _migrateiq.meta (one, format, target, lineage, secret) FROM stdin;
t	1	00a8e3d6-5fd6-442e-b788-dadbef79fd8b	f851ec51-8177-4092-b65a-92e744f035f4	\\x985d133e4603507171c49b819e2de10a8084af3a0c269436af1f7876e33bc618
\.
COPY _migrateiq.reject (run, mapping, chunk, n, key, field, rule, reason) FROM stdin;
\.
COPY _migrateiq.run (id, lineage, plan_digest, epoch, opened, closed, outcome) FROM stdin;
9115eb42912c34bb	f851ec51-8177-4092-b65a-92e744f035f4	sha256:9115eb42912c34bbffecc6e648299b6890a8eb92dc9d2872cb3c0d8f223567df	1	2026-11-22 23:04:18.202225+00	2026-11-22 23:04:18.864194+00	done
c33c35eeab93532f	f851ec51-8177-4092-b65a-92e744f035f4	sha256:c33c35eeab93532ff0a9abf45277784ed5c201ed2fbdf039f0c37f799c3ef65f	2	2026-11-22 23:04:19.820136+00	2026-11-22 23:04:20.381471+00	done
\.
COPY _migrateiq.step (run, n, done) FROM stdin;
9115eb42912c34bb	2	2026-11-22 23:04:18.220405+00
9115eb42912c34bb	1	2026-11-22 23:04:18.221119+00
9115eb42912c34bb	0	2026-11-22 23:04:18.257358+00
9115eb42912c34bb	4	2026-11-22 23:04:18.42282+00
9115eb42912c34bb	5	2026-11-22 23:04:18.426251+00
9115eb42912c34bb	10	2026-11-22 23:04:18.429142+00
9115eb42912c34bb	3	2026-11-22 23:04:18.429664+00
9115eb42912c34bb	6	2026-11-22 23:04:18.431129+00
9115eb42912c34bb	7	2026-11-22 23:04:18.433162+00
9115eb42912c34bb	11	2026-11-22 23:04:18.440305+00
9115eb42912c34bb	8	2026-11-22 23:04:18.448549+00
9115eb42912c34bb	9	2026-11-22 23:04:18.450858+00
9115eb42912c34bb	13	2026-11-22 23:04:18.613902+00
9115eb42912c34bb	12	2026-11-22 23:04:18.62173+00
9115eb42912c34bb	14	2026-11-22 23:04:18.637506+00
c33c35eeab93532f	2	2026-11-22 23:04:19.848914+00
c33c35eeab93532f	1	2026-11-22 23:04:19.930763+00
c33c35eeab93532f	0	2026-11-22 23:04:19.931791+00
c33c35eeab93532f	5	2026-11-22 23:04:20.071757+00
c33c35eeab93532f	3	2026-11-22 23:04:20.107002+00
c33c35eeab93532f	4	2026-11-22 23:04:20.121582+00
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
