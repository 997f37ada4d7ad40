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
CREATE SCHEMA app;
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
CREATE TABLE app.paid (
    staff integer NOT NULL,
    month date NOT NULL,
    n bigint,
    paid numeric(12,2)
);
CREATE TABLE app.staff (
    staff_id text NOT NULL,
    name text NOT NULL,
    ward_id uuid NOT NULL,
    manager_id text
);
CREATE TABLE app.ward (
    ward_id uuid NOT NULL,
    name character varying(40) NOT NULL
);
COPY _migrateiq.chunk (run, mapping, chunk, n, bounds, epoch, moment, source, written, replaced, filtered, counts, rejected, bytes, committed, number, live) FROM stdin;
553b38846ec00a66	mapping.paid#f96dc790	e3de1296854dfe51c657daade626eaca	0	*	1	742:742: of 1795391204.210112	3:46caa63570399d40:f4204a40f500fd96	3:46caa63570399d40:f4204a40f500fd96	0:0000000000000000:0000000000000000	0	null	0	92	2026-11-22 23:46:48.917189+00	1	t
553b38846ec00a66	mapping.ward#d9700212	d496c87a70eb9830289b50c8d6ca67b2	0	{}	1	742:742: of 1795391204.210112	2:7442099c8a3c8323:2ba3968639101c45	2:a2b55fcb49675c16:42b3938ad825638e	0:0000000000000000:0000000000000000	0	null	0	30	2026-11-22 23:46:50.182528+00	2	t
553b38846ec00a66	mapping.staff#7858446f	070744349ed10a20649515f509b31425	0	{}	1	742:742: of 1795391204.210112 linked	3:8f32dde2811a1325:7393f8823c09a078	3:fad70695009b920c:a7e971f0a53a97e5	0:0000000000000000:0000000000000000	0	null	0	87	2026-11-22 23:46:51.830034+00	5	t
a87e99b4454398b0	mapping.ward#d9700212	a84730545de5276148860802efad4238	0	{}	2	767:767: of 1795391204.210112	2:5b3b00ed1c2da099:22b154375bca1c77	2:388f144412296191:f0666e9d454c014e	2:a2b55fcb49675c16:42b3938ad825638e	0	null	0	28	2026-11-22 23:46:55.770341+00	6	t
a87e99b4454398b0	mapping.staff#7858446f	d04b0c102dc11edd4ec5f6ada9db13dd	0	{}	2	767:767: of 1795391204.210112 linked	4:2a22402f6453db54:003da9e463b75a98	4:150b21cd538e02f8:a7a28fbed2d8f439	3:fad70695009b920c:a7e971f0a53a97e5	0	null	0	116	2026-11-22 23:46:56.245054+00	9	t
\.
COPY _migrateiq.chunk_list (run, mapping, n, bounds, positional, rows) FROM stdin;
553b38846ec00a66	mapping.paid#f96dc790	0	*	f	0
553b38846ec00a66	mapping.ward#d9700212	0	{}	f	2
553b38846ec00a66	mapping.staff#7858446f	0	{}	f	3
a87e99b4454398b0	mapping.ward#d9700212	0	{}	f	2
a87e99b4454398b0	mapping.staff#7858446f	0	{}	f	4
\.
COPY _migrateiq.definition (mapping, definition) FROM stdin;
mapping.ward	{"uid":"mapping.ward#d9700212","address":"mapping.ward","hashes":{"fields":{"name":"1647e436c7fe16aad01660223fcbfe1250580a1b5d1691c01b17f9f5183324f9","ward_id":"e4f17c0e3f7a189a9cbb30fbe872765ca51ebe2f114ecb4233f53315ff8d2cad"},"rows":"23a03065d5c86d68e373485e2ccdbd1baaff8466edef8c5ce422dcbc897b8547","mode":"3ff313caa48375df6bdce2db6cf59f1a4b211ace90d4c656dc59d94f271d14fd","key":"11e3aca0fca47ff21d66be43016f9f863bce83946e751b25f2b75ecdd90ff44b","shape":"3223a178adcc8a13abb1098ff5f6664ef6bd041027ceca0462a24019d040e3c3","govern":"2a3d45ad5136dab7c982b5da5a8394722c246d78ed550ea69a625d38f1336ded","exec":"058480d64c3d8fb9621a18d2f6e2ed1cdc7531b39a8a7b72e326404f2a913f07"},"definition":{"source":"source.postgres.old[\\"one\\"]","source_table":{"schema":"public","name":"ward"},"source_key":["code"],"read":[{"name":"code","type":{"kind":"string"},"declared":"text","null":false},{"name":"name","type":{"kind":"string","length":40},"declared":"character varying(40)","null":false}],"params":[],"lookups":[],"target":"target.postgres.new","target_table":{"schema":"app","name":"ward"},"fields":[{"name":"ward_id","cel":"uuid5('ward', src.code)","canonical":"(call uuid5 uuid5_2 \\"ward\\" (get \\"code\\" src))","column":{"name":"ward_id","type":{"kind":"uuid"},"declared":"uuid","null":false},"value":{"kind":"string"},"may_be_null":false,"sources":["code"],"functions":["uuid5@1"],"lookups":[],"params":[],"fidelity":{"verdict":"checked","why":"A text that is not a uuid in its 8-4-4-4-12 form is a row error."},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":16}},{"name":"name","cel":"src[\\"name\\"]","canonical":"src[\\"name\\"]","column":{"name":"name","type":{"kind":"string","length":40},"declared":"character varying(40)","null":false},"value":{"kind":"string","length":40},"may_be_null":false,"plain":"name","sources":["name"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":20}}],"key":["ward_id"],"key_is_source":false,"mode":"upsert","checks":[],"reconcile":[],"max_rejects":{"rows":0,"per_million":0,"percent":false},"max_row_drift":{"rows":0,"per_million":50000,"percent":true},"on_target_drift":"report","key_map":true},"source":{"endpoint":"source.postgres.old[\\"one\\"]","identity":"postgres:330354172/corpus_refs_postgres_old","table":"public.ward","schemas":{"public.ward":"4b3023797485ea97bb75831cc984dbcd40f7ee348735e8013682ec9032346422"},"columns":["code string not null","name string(40) not null"]},"target":{"endpoint":"target.postgres.new","identity":"postgres:732459868/corpus_refs_postgres_new","id":"4edfb5fd-224d-4d06-8b01-deae98f2840f","table":"app.ward","schemas":{"app.ward":"d5b8fccd9388cf110c65140afcc4d1ef7bbd212af95625b35f085f7ae7a0ed3a"},"columns":["ward_id uuid not null","name string(40) not null"]},"digest":"2:388f144412296191:f0666e9d454c014e","rows":2,"source_count":0,"run":"a87e99b4454398b0","base_run":"553b38846ec00a66","list_run":"a87e99b4454398b0","applied_at":"2026-11-22T23:46:55.857572283Z","reports":[{"name":"reconcile","kind":"reconcile","passed":true,"message":"2 rows, count and digest agree","run":"a87e99b4454398b0","at":"2026-11-22T23:46:55.857572283Z"}],"policy":{"rules":"sha256:c15180eb7adba4be6935b9f947f1cc65cf22523e3272d7dea15f569e40f52ccd","decisions":{"CORE-04":"pass"}}}
mapping.paid	{"uid":"mapping.paid#f96dc790","address":"mapping.paid","hashes":{"fields":{"month":"9a7b9cbc6be58985362706cff02bc3ea607b63ec51583e31ee0e7a88e2bc6a66","n":"95f332f1843f3e20d5370eaf9007978abef6780aa5e5cfc45f6f5703408e7d01","paid":"3650c32adda0de83292cf2ff1000b372fdc3685f5d0de58904a8665a7179d212","staff":"2907de9b16e487baffcbceffc0f4571a784112e246965cd5086d5e9f9e37d282"},"rows":"3840a3dab1e29327da9396bfc9023996c836bd0ec8af5b0eb40404675d38ed11","mode":"26f6d2ffc981eb7990ca4c4970f5c61657587e0b498b034c79815bbaaf38f31a","key":"77955858835b83cf9ae7a42b0a1dc5e21781b1c9a05f589d54defad953bac93f","shape":"2fbaa4846836f7a9ba763378ceacd7be010a6b0e58167f5a8b5b7c76e7764b85","govern":"d0ec2228f5f360f2bbd1d36a9967460493e00942834e97f1faea4f30e238acd4","exec":"058480d64c3d8fb9621a18d2f6e2ed1cdc7531b39a8a7b72e326404f2a913f07"},"definition":{"source":"source.postgres.old[\\"one\\"]","source_table":{"name":"query 0e7d20e38126"},"query":"select staff, date_trunc('month', day)::date as month, count(*) as n, sum(paid)::numeric(12,2) as paid from visits group by 1, 2","source_key":["staff","month"],"read":[{"name":"staff","type":{"kind":"int32"},"declared":"integer","null":false},{"name":"month","type":{"kind":"date"},"declared":"date","null":false},{"name":"n","type":{"kind":"int64"},"declared":"bigint","null":true},{"name":"paid","type":{"kind":"decimal","precision":12,"scale":2},"declared":"numeric(12,2)","null":true}],"params":[],"lookups":[],"target":"target.postgres.new","target_table":{"schema":"app","name":"paid"},"fields":[{"name":"staff","cel":"src[\\"staff\\"]","canonical":"src[\\"staff\\"]","column":{"name":"staff","type":{"kind":"int32"},"null":false},"value":{"kind":"int32"},"may_be_null":false,"plain":"staff","sources":["staff"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":47}},{"name":"month","cel":"src[\\"month\\"]","canonical":"src[\\"month\\"]","column":{"name":"month","type":{"kind":"date"},"null":false},"value":{"kind":"date"},"may_be_null":false,"plain":"month","sources":["month"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":47}},{"name":"n","cel":"src[\\"n\\"]","canonical":"src[\\"n\\"]","column":{"name":"n","type":{"kind":"int64"},"null":true},"value":{"kind":"int64"},"may_be_null":true,"plain":"n","sources":["n"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":47}},{"name":"paid","cel":"src[\\"paid\\"]","canonical":"src[\\"paid\\"]","column":{"name":"paid","type":{"kind":"decimal","precision":12,"scale":2},"null":true},"value":{"kind":"decimal","precision":12,"scale":2},"may_be_null":true,"plain":"paid","sources":["paid"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":47}}],"key":["staff","month"],"key_is_source":false,"mode":"mirror","checks":[],"reconcile":[],"max_rejects":{"rows":0,"per_million":0,"percent":false},"max_row_drift":{"rows":0,"per_million":50000,"percent":true},"on_target_drift":"report"},"source":{"endpoint":"source.postgres.old[\\"one\\"]","identity":"postgres:330354172/corpus_refs_postgres_old","table":"query 0e7d20e38126","schemas":{"query 0e7d20e38126":"b6997d0123f18bf3f04f232ad28eab1905df910260068d2343d497f8f744344c"},"columns":["staff int32 not null","month date not null","n int64","paid decimal(12,2)"]},"target":{"endpoint":"target.postgres.new","identity":"postgres:732459868/corpus_refs_postgres_new","id":"4edfb5fd-224d-4d06-8b01-deae98f2840f","table":"app.paid","schemas":{"app.paid":""}},"digest":"3:46caa63570399d40:f4204a40f500fd96","rows":3,"source_count":0,"run":"553b38846ec00a66","base_run":"553b38846ec00a66","list_run":"553b38846ec00a66","applied_at":"2026-11-22T23:46:50.656962977Z","reports":[{"name":"reconcile","kind":"reconcile","passed":true,"message":"3 rows, count and digest agree","run":"553b38846ec00a66","at":"2026-11-22T23:46:50.656962977Z"}],"policy":{"rules":"sha256:c15180eb7adba4be6935b9f947f1cc65cf22523e3272d7dea15f569e40f52ccd","decisions":{"CORE-04":"pass"}}}
mapping.staff	{"uid":"mapping.staff#7858446f","address":"mapping.staff","hashes":{"fields":{"manager_id":"f5a78d2511eff7156e59f662f61706d707eec75376c04d05c5c679a32584538d","name":"dedf53a9ebe203d3db53bd433e79c14ddbdcedfbba14747d49eaa6111555cef6","staff_id":"69516e697d75f72d514f4d82cb3a0a3ecdab26a2a640646658954ad19aa785dc","ward_id":"fb1651fb86d88ae9d16011847f21cfd17f90ffabe5c755586276cf62e66b0617"},"rows":"75772385df26a61d38aa3bb34937a4ec95469bae3f23f0797d2c846a4363fb98","mode":"3ff313caa48375df6bdce2db6cf59f1a4b211ace90d4c656dc59d94f271d14fd","key":"8fd407f4a8e776f19e78ae55050711de5e79cb8240dce0c823e5433acbf37fe7","shape":"bedef51a99ba2035e58fccf1a175e2f672bb7aa4fae713de9aa2e8a0de315efa","govern":"f490085db95918f37aaad4e211cfca1bc7ec8cf9df22d595ca39b3c968f8438e","exec":"058480d64c3d8fb9621a18d2f6e2ed1cdc7531b39a8a7b72e326404f2a913f07"},"definition":{"source":"source.postgres.old[\\"one\\"]","source_table":{"schema":"public","name":"staff"},"source_key":["id"],"read":[{"name":"id","type":{"kind":"int32"},"declared":"integer","null":false},{"name":"name","type":{"kind":"string"},"declared":"text","null":false},{"name":"ward","type":{"kind":"string"},"declared":"text","null":false},{"name":"manager","type":{"kind":"int32"},"declared":"integer","null":true}],"params":[],"lookups":[],"target":"target.postgres.new","target_table":{"schema":"app","name":"staff"},"fields":[{"name":"staff_id","cel":"'s' + string(src.id)","canonical":"(call _+_ add_string \\"s\\" (call string int64_to_string (get \\"id\\" src)))","column":{"name":"staff_id","type":{"kind":"string"},"declared":"text","null":false},"value":{"kind":"string"},"may_be_null":false,"sources":["id"],"functions":["string@1"],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":32}},{"name":"name","cel":"src[\\"name\\"]","canonical":"src[\\"name\\"]","column":{"name":"name","type":{"kind":"string"},"declared":"text","null":false},"value":{"kind":"string"},"may_be_null":false,"plain":"name","sources":["name"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":33}},{"name":"ward_id","cel":"the key of mapping.ward on src.ward","canonical":"ref((get \\"ward\\" src))","column":{"name":"ward_id","type":{"kind":"uuid"},"declared":"uuid","null":false},"value":{"kind":"uuid"},"may_be_null":false,"sources":["ward"],"functions":[],"lookups":[],"params":[],"ref":{"mapping":"mapping.ward","uid":"mapping.ward#d9700212","key_hash":"3db6048bcb3e24fe834892b5463e1aca71961add83ba12fb04a2ca4cf94921b2","on":[{"cel":"src.ward","canonical":"(get \\"ward\\" src)","value":{"kind":"string"},"key":{"kind":"string"}}],"missing":"error","reaches":[{"system":"source.postgres.old[\\"one\\"]","table":{"schema":"public","name":"ward"},"column":"code","method":"hash"}]},"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":34}},{"name":"manager_id","cel":"the key of mapping.staff on src.manager","canonical":"ref((get \\"manager\\" src))","column":{"name":"manager_id","type":{"kind":"string"},"declared":"text","null":true},"value":{"kind":"string"},"may_be_null":true,"sources":["manager"],"functions":[],"lookups":[],"params":[],"ref":{"mapping":"mapping.staff","uid":"mapping.staff#7858446f","key_hash":"0c514c7065f4f68ca60a2188f477782ef494fb8327bc43656a13b6c0496ca283","on":[{"cel":"src.manager","canonical":"(get \\"manager\\" src)","value":{"kind":"int32"},"key":{"kind":"int32"}}],"missing":"defer","reaches":[{"system":"source.postgres.old[\\"one\\"]","table":{"schema":"public","name":"staff"},"column":"id"}]},"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":38}}],"key":["staff_id"],"key_is_source":false,"mode":"upsert","checks":[],"reconcile":[],"max_rejects":{"rows":0,"per_million":0,"percent":false},"max_row_drift":{"rows":0,"per_million":50000,"percent":true},"on_target_drift":"report","key_map":true},"source":{"endpoint":"source.postgres.old[\\"one\\"]","identity":"postgres:330354172/corpus_refs_postgres_old","table":"public.staff","schemas":{"public.staff":"a52df21a292d97f763c73659e7705af522c31d1590192b7dfb47822679ecff52"},"columns":["id int32 not null","name string not null","ward string not null","manager int32"]},"target":{"endpoint":"target.postgres.new","identity":"postgres:732459868/corpus_refs_postgres_new","id":"4edfb5fd-224d-4d06-8b01-deae98f2840f","table":"app.staff","schemas":{"app.staff":"d9bc261506a10deb8488642ec6c1652c459f441e1346245f7cb0ec017c364dfe"},"columns":["staff_id string not null","name string not null","ward_id uuid not null","manager_id string"]},"digest":"4:150b21cd538e02f8:a7a28fbed2d8f439","rows":4,"source_count":0,"run":"a87e99b4454398b0","base_run":"553b38846ec00a66","list_run":"a87e99b4454398b0","applied_at":"2026-11-22T23:46:56.430383517Z","reports":[{"name":"reconcile","kind":"reconcile","passed":true,"message":"4 rows, count and digest agree","run":"a87e99b4454398b0","at":"2026-11-22T23:46:56.430383517Z"}],"policy":{"rules":"sha256:c15180eb7adba4be6935b9f947f1cc65cf22523e3272d7dea15f569e40f52ccd","decisions":{"CORE-04":"pass"}}}
\.
COPY _migrateiq.fence (one, lineage, epoch, session, application) FROM stdin;
t	30e64527-c24f-4108-b227-a321371ffdfa	2	somebody@somewhere pid 1	migrateiq cb5be311
\.
COPY _migrateiq.keymap (mapping, old, new, run, chunk) FROM stdin;
mapping.ward#d9700212	A1	fa72a1d8-c01e-5047-8dd3-3ae3f2a9732f	a87e99b4454398b0	a84730545de5276148860802efad4238/fb11c1fd
mapping.ward#d9700212	B2	950f8a5e-316d-5c1b-b682-33279ee7813f	a87e99b4454398b0	a84730545de5276148860802efad4238/fb11c1fd
mapping.staff#7858446f	1	s1	a87e99b4454398b0	d04b0c102dc11edd4ec5f6ada9db13dd/1d35aec8
mapping.staff#7858446f	2	s2	a87e99b4454398b0	d04b0c102dc11edd4ec5f6ada9db13dd/1d35aec8
mapping.staff#7858446f	3	s3	a87e99b4454398b0	d04b0c102dc11edd4ec5f6ada9db13dd/1d35aec8
mapping.staff#7858446f	4	s4	a87e99b4454398b0	d04b0c102dc11edd4ec5f6ada9db13dd/1d35aec8
\.
COPY _migrateiq.meta (one, format, target, lineage, secret) FROM stdin;
t	2	4edfb5fd-224d-4d06-8b01-deae98f2840f	30e64527-c24f-4108-b227-a321371ffdfa	\\x6111504a0d8f5aec86860038d001662fc4198193044a419edddb4ff6c7f3e7a9
\.
COPY _migrateiq.reject (run, mapping, chunk, n, key, field, rule, reason) FROM stdin;
\.
COPY _migrateiq.run (id, lineage, plan_digest, epoch, opened, closed, outcome) FROM stdin;
553b38846ec00a66	30e64527-c24f-4108-b227-a321371ffdfa	sha256:553b38846ec00a6611afd006c7639e29f7ce5fed99f4176e6f0705b3f89442aa	1	2026-11-22 23:46:48.845139+00	2026-11-22 23:46:52.208432+00	done
a87e99b4454398b0	30e64527-c24f-4108-b227-a321371ffdfa	sha256:a87e99b4454398b0f20d4cc7f0e0ed5acf6257d87e1472475021971a819840a5	2	2026-11-22 23:46:55.183755+00	2026-11-22 23:46:56.461752+00	done
\.
COPY _migrateiq.step (run, n, done) FROM stdin;
553b38846ec00a66	0	2026-11-22 23:46:48.855186+00
553b38846ec00a66	11	2026-11-22 23:46:48.859347+00
553b38846ec00a66	1	2026-11-22 23:46:48.864146+00
553b38846ec00a66	2	2026-11-22 23:46:48.883111+00
553b38846ec00a66	3	2026-11-22 23:46:48.920869+00
553b38846ec00a66	5	2026-11-22 23:46:48.922658+00
553b38846ec00a66	6	2026-11-22 23:46:48.925385+00
553b38846ec00a66	4	2026-11-22 23:46:50.207355+00
553b38846ec00a66	7	2026-11-22 23:46:50.268743+00
553b38846ec00a66	8	2026-11-22 23:46:50.293574+00
553b38846ec00a66	9	2026-11-22 23:46:50.6191+00
553b38846ec00a66	10	2026-11-22 23:46:50.682494+00
553b38846ec00a66	12	2026-11-22 23:46:51.582826+00
553b38846ec00a66	13	2026-11-22 23:46:51.589355+00
553b38846ec00a66	14	2026-11-22 23:46:51.593206+00
553b38846ec00a66	15	2026-11-22 23:46:51.832327+00
553b38846ec00a66	16	2026-11-22 23:46:52.120214+00
a87e99b4454398b0	0	2026-11-22 23:46:55.780061+00
a87e99b4454398b0	1	2026-11-22 23:46:55.853392+00
a87e99b4454398b0	2	2026-11-22 23:46:56.229102+00
a87e99b4454398b0	3	2026-11-22 23:46:56.246022+00
a87e99b4454398b0	4	2026-11-22 23:46:56.418549+00
\.
COPY _migrateiq.written (run, mapping, key, chunk) FROM stdin;
\.
COPY app.paid (staff, month, n, paid) FROM stdin;
1	2020-02-01	1	\N
2	2020-01-01	1	7.00
1	2020-01-01	1	1.50
\.
COPY app.staff (staff_id, name, ward_id, manager_id) FROM stdin;
s3	Cyd	fa72a1d8-c01e-5047-8dd3-3ae3f2a9732f	\N
s1	Ann	fa72a1d8-c01e-5047-8dd3-3ae3f2a9732f	s3
s2	Bob	950f8a5e-316d-5c1b-b682-33279ee7813f	s1
s4	Dee	950f8a5e-316d-5c1b-b682-33279ee7813f	s1
\.
COPY app.ward (ward_id, name) FROM stdin;
fa72a1d8-c01e-5047-8dd3-3ae3f2a9732f	Maple
950f8a5e-316d-5c1b-b682-33279ee7813f	Elm
\.
SELECT pg_catalog.setval('_migrateiq.chunk_number_seq', 9, true);
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
ALTER TABLE ONLY app.paid
    ADD CONSTRAINT paid_pkey PRIMARY KEY (staff, month);
ALTER TABLE ONLY app.staff
    ADD CONSTRAINT staff_pkey PRIMARY KEY (staff_id);
ALTER TABLE ONLY app.ward
    ADD CONSTRAINT ward_pkey PRIMARY KEY (ward_id);
CREATE INDEX keymap_new ON _migrateiq.keymap USING btree (mapping, new);
