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
CREATE SCHEMA _migrateiq_old_public;
CREATE SCHEMA clinical;
CREATE SCHEMA copy;
CREATE TYPE public.mood AS ENUM (
    'sad',
    'ok',
    'happy'
);
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
CREATE TABLE _migrateiq_old_public.kinds (
    id bigint NOT NULL,
    n numeric(9,2),
    first text,
    ip inet,
    code text
);
CREATE TABLE clinical.patient (
    patient_id text NOT NULL,
    name text NOT NULL,
    ward text NOT NULL,
    local timestamp(6) without time zone NOT NULL
);
CREATE TABLE copy.types (
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
CREATE TABLE copy.ward (
    no integer NOT NULL,
    name text NOT NULL
);
CREATE TABLE public.kinds (
    id bigint NOT NULL,
    n numeric(9,2),
    first text,
    ip inet,
    code text,
    more text NOT NULL
);
COPY _migrateiq.chunk (run, mapping, chunk, n, bounds, epoch, moment, source, written, replaced, filtered, counts, rejected, bytes, committed, number, live) FROM stdin;
aae78ee853465bd3	mapping.patient#a5132b43	a8b092cdecd42b5f954b650bc638e28a	0	{}	1	804:804: of 1795388720.586128	3:3c950a42a08ebd0e:675207a265eced39	3:fa40431b0982146a:950432e155b22075	0:0000000000000000:0000000000000000	0	null	0	91	2026-11-22 23:05:50.095584+00	1	t
aae78ee853465bd3	mapping.all["public.ward"]#be4be9f2	5f559db4dc31b17f62d8d8cf11176749	0	{}	1	804:804: of 1795388720.586128	2:edd3b5d97a13a266:4b13df715c03a57e	2:edd3b5d97a13a266:4b13df715c03a57e	0:0000000000000000:0000000000000000	0	null	0	34	2026-11-22 23:05:50.10587+00	2	t
aae78ee853465bd3	mapping.all["public.types"]#0dfde792	bffc35f8663e2f1d520ed20bba5291ef	0	{}	1	804:804: of 1795388720.586128	2:add5ffebaa25f063:776f646c8657cae7	2:add5ffebaa25f063:776f646c8657cae7	0:0000000000000000:0000000000000000	0	null	0	412	2026-11-22 23:05:50.233322+00	4	t
cf9c34f3fe68a9c3	mapping.patient#a5132b43	6d807b783f4fc89a8fdccd56aa98f69f	0	{}	2	835:835: of 1795388720.586128	2:a24c64d6eaf2e70d:25945fbbde348b2a	2:4598df8d99d9b688:b06d2a2b79e090d9	2:f60fd407cb441895:5a0ece17195db44d	0	null	0	60	2026-11-22 23:05:54.909793+00	5	t
cf9c34f3fe68a9c3	mapping.all["public.ward"]#be4be9f2	8f91bc5598ee90816ffb16cb6e215c56	0	{}	2	835:835: of 1795388720.586128	3:1814cee5a4bb94ba:edabc22087835c5f	3:1814cee5a4bb94ba:edabc22087835c5f	2:edd3b5d97a13a266:4b13df715c03a57e	0	null	0	49	2026-11-22 23:05:54.968029+00	6	t
cf9c34f3fe68a9c3	mapping.kinds#2f184cd5	37a99ffd0841c7409135ca4bf58de58f	0	{}	2	835:835: of 1795388720.586128	2:825487bea4b7c249:d0b20a0d4484ec4a	2:e4de3361a9ca4afc:59e88580efd67da6	0:0000000000000000:0000000000000000	0	null	0	91	2026-11-22 23:05:55.267379+00	7	t
cf9c34f3fe68a9c3	mapping.patient#a5132b43	60abd31273484ee07fd74721aacc92d0	0	swept 0	2	cf9c34f3fe68a9c3	0:0000000000000000:0000000000000000	0:0000000000000000:0000000000000000	1:04306f133e3dfbd5:3af564ca3c546c28	0	null	0	0	2026-11-22 23:05:55.321933+00	8	t
aae78ee853465bd3	mapping.kinds#2f184cd5	2452432179072e034efe23c150875ba1	0	{}	1	804:804: of 1795388720.586128	2:825487bea4b7c249:d0b20a0d4484ec4a	2:efcb07947bf67a5b:5e8f04eadc898555	0:0000000000000000:0000000000000000	0	null	0	91	2026-11-22 23:05:50.221+00	3	f
\.
COPY _migrateiq.chunk_list (run, mapping, n, bounds, positional, rows) FROM stdin;
aae78ee853465bd3	mapping.all["public.ward"]#be4be9f2	0	{}	f	2
aae78ee853465bd3	mapping.patient#a5132b43	0	{}	f	3
aae78ee853465bd3	mapping.kinds#2f184cd5	0	{}	f	2
aae78ee853465bd3	mapping.all["public.types"]#0dfde792	0	{}	f	2
cf9c34f3fe68a9c3	mapping.patient#a5132b43	0	{}	f	3
cf9c34f3fe68a9c3	mapping.all["public.ward"]#be4be9f2	0	{}	f	2
cf9c34f3fe68a9c3	mapping.kinds#2f184cd5	0	{}	f	2
\.
COPY _migrateiq.definition (mapping, definition) FROM stdin;
mapping.all["public.types"]	{"uid":"mapping.all[\\"public.types\\"]#0dfde792","address":"mapping.all[\\"public.types\\"]","hashes":{"fields":{"b":"388ae38186374df2923273d0ad628566e6edc3bf8c548443ec37e5ff5680a668","by":"b43dc9177ece7a0415ab0a791199471332810660b4f857bcf1e8fc78de1a8de0","c":"d25ab2a6abc9f6b8e8bac49d7cab60e68dc0eb95360558ec2fd4869b060cb175","d":"b0060f3418ebff8806aa3ab793b4264809784416693b1d28cf398f7629c1f7cb","da":"df35440abc2985aa77a5118778068419e8ab5b5169f48b401854dcb56f573c24","i2":"bfc59eda85206edd2fcbd4ca73fe365d861ae60019b94157b0ef07f269c445d9","i4":"de5fed03e1dd90760bb6e6d28f9d22f106018941662634c80f4f38b456bd90e2","ia":"af04416c1a6fb78fff3f866cc693f4babefc378857ce7e3963c3e87ab44a970b","id":"e73998a4144f2d290b872acdded95b467a93be9c3c367624c8747ebeb0bfda8c","ip":"0656be0a974ade688513665b097a74e3f9b25c6496492229bf23cfe99919c7de","iv":"cf1819d9fb1a78eb22bcc507ac149f659261d2f750b5a7b7e6c413cfd6fce6cf","j":"e0736cf3174b4f928c71f097de165445d8ab34a29cb5a99d9a4cd549b28ce80a","jb":"661588e9c320cbb13a2cd169ad348fa91ce7b24e6e199f41c684a60a795d342e","m":"4c52ca1d5c0cfc101ee09235e01564bcd4bab6f61e22486337f11e23109f5b6b","n":"3aa3c2c2a6e1da8e5d6d8917c667b85e789312fd95773785382a7e18d49526ac","n0":"fc27ce026089314c2a49e6507e9668abb18e205c4432d8816a6774efdf2b021d","r":"89c373b2bbc577dc99aa7161c6f9837caa0522be9828e5721d5740f0802b3471","t":"39a30d15bcaa554ad01fc0dc4c0e2a92f67cf88a40912420c99cba2d10661942","ta":"642140239b4a99cee407396e1aa6874f79a1f82f93844e7ce35f01a792bb9001","ti":"25bbbcc1290d0a3c6458bcd8ba395a6b9cc8361346907d2ebb86a8b312c4fab6","ts":"ee3139120d15c0622c3bd6cae8c2e318cdb2f2f8ff50fbe38c844709c479a509","tz":"da15a3ce050e95a9558f805fbaa3412ab53a87353ff34fabf0629fe8b878f12e","u":"0f69cf7a70fdc9cd68c92c0a0dc0233293742734eaaa241a2c2dc54385d2a9d4","vc":"8308f7d6b861b3edd90df9dab4a5409f12f6b2ddd05ef9297d27f59dff2247cc"},"rows":"a516a47f0bda9ccb92fedf835a8c07920b5800f5d6145d38fd8f763ecea856a5","mode":"3ff313caa48375df6bdce2db6cf59f1a4b211ace90d4c656dc59d94f271d14fd","key":"ad9bc17b28a75c75c0f111cce440be7d5d4dc6389942fbd5a2d19116083db635","shape":"cb4070ee038e13b979afedcf61ba086cd0b4d0f8e4c34e01d2ba45f9d79dce18","govern":"bc0ba271160a340c400358403212fc6780d3beb8afb47dc3803e60dfcced2199","exec":"058480d64c3d8fb9621a18d2f6e2ed1cdc7531b39a8a7b72e326404f2a913f07"},"definition":{"source":"source.postgres.old","source_table":{"schema":"public","name":"types"},"source_key":["id"],"read":[{"name":"id","type":{"kind":"int64"},"declared":"bigint","null":false},{"name":"b","type":{"kind":"bool"},"declared":"boolean","null":true},{"name":"i2","type":{"kind":"int16"},"declared":"smallint","null":true},{"name":"i4","type":{"kind":"int32"},"declared":"integer","null":true},{"name":"n","type":{"kind":"decimal","precision":12,"scale":4},"declared":"numeric(12,4)","null":true},{"name":"n0","type":{"kind":"decimal"},"declared":"numeric","null":true},{"name":"r","type":{"kind":"float32"},"declared":"real","null":true},{"name":"d","type":{"kind":"float64"},"declared":"double precision","null":true},{"name":"c","type":{"kind":"string","length":4,"native":"character(4)"},"declared":"character(4)","null":true},{"name":"vc","type":{"kind":"string","length":20},"declared":"character varying(20)","null":true},{"name":"t","type":{"kind":"string"},"declared":"text","null":true},{"name":"by","type":{"kind":"bytes"},"declared":"bytea","null":true},{"name":"da","type":{"kind":"date"},"declared":"date","null":true},{"name":"ti","type":{"kind":"time","precision":3},"declared":"time(3) without time zone","null":true},{"name":"ts","type":{"kind":"timestamp","precision":3},"declared":"timestamp(3) without time zone","null":true},{"name":"tz","type":{"kind":"timestamptz","precision":6},"declared":"timestamp with time zone","null":true},{"name":"iv","type":{"kind":"interval"},"declared":"interval","null":true},{"name":"u","type":{"kind":"uuid"},"declared":"uuid","null":true},{"name":"j","type":{"kind":"json"},"declared":"json","null":true},{"name":"jb","type":{"kind":"json","native":"jsonb"},"declared":"jsonb","null":true},{"name":"ip","type":{"kind":"native","native":"inet"},"declared":"inet","null":true},{"name":"m","type":{"kind":"enum","values":["sad","ok","happy"],"native":"public.mood"},"declared":"mood","null":true},{"name":"ia","type":{"kind":"array","elem":{"kind":"int32"}},"declared":"integer[]","null":true},{"name":"ta","type":{"kind":"array","elem":{"kind":"string"}},"declared":"text[]","null":true}],"params":[],"lookups":[],"target":"target.postgres.new","target_table":{"schema":"copy","name":"types"},"fields":[{"name":"id","cel":"src[\\"id\\"]","canonical":"src[\\"id\\"]","column":{"name":"id","type":{"kind":"int64"},"null":false},"value":{"kind":"int64"},"may_be_null":false,"plain":"id","sources":["id"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":6}},{"name":"b","cel":"src[\\"b\\"]","canonical":"src[\\"b\\"]","column":{"name":"b","type":{"kind":"bool"},"null":true},"value":{"kind":"bool"},"may_be_null":true,"plain":"b","sources":["b"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":6}},{"name":"i2","cel":"src[\\"i2\\"]","canonical":"src[\\"i2\\"]","column":{"name":"i2","type":{"kind":"int16"},"null":true},"value":{"kind":"int16"},"may_be_null":true,"plain":"i2","sources":["i2"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":6}},{"name":"i4","cel":"src[\\"i4\\"]","canonical":"src[\\"i4\\"]","column":{"name":"i4","type":{"kind":"int32"},"null":true},"value":{"kind":"int32"},"may_be_null":true,"plain":"i4","sources":["i4"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":6}},{"name":"n","cel":"src[\\"n\\"]","canonical":"src[\\"n\\"]","column":{"name":"n","type":{"kind":"decimal","precision":12,"scale":4},"null":true},"value":{"kind":"decimal","precision":12,"scale":4},"may_be_null":true,"plain":"n","sources":["n"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":6}},{"name":"n0","cel":"src[\\"n0\\"]","canonical":"src[\\"n0\\"]","column":{"name":"n0","type":{"kind":"decimal"},"null":true},"value":{"kind":"decimal"},"may_be_null":true,"plain":"n0","sources":["n0"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":6}},{"name":"r","cel":"src[\\"r\\"]","canonical":"src[\\"r\\"]","column":{"name":"r","type":{"kind":"float32"},"null":true},"value":{"kind":"float32"},"may_be_null":true,"plain":"r","sources":["r"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":6}},{"name":"d","cel":"src[\\"d\\"]","canonical":"src[\\"d\\"]","column":{"name":"d","type":{"kind":"float64"},"null":true},"value":{"kind":"float64"},"may_be_null":true,"plain":"d","sources":["d"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":6}},{"name":"c","cel":"src[\\"c\\"]","canonical":"src[\\"c\\"]","column":{"name":"c","type":{"kind":"string","length":4,"native":"character(4)"},"null":true},"value":{"kind":"string","length":4,"native":"character(4)"},"may_be_null":true,"plain":"c","sources":["c"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":6}},{"name":"vc","cel":"src[\\"vc\\"]","canonical":"src[\\"vc\\"]","column":{"name":"vc","type":{"kind":"string","length":20},"null":true},"value":{"kind":"string","length":20},"may_be_null":true,"plain":"vc","sources":["vc"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":6}},{"name":"t","cel":"src[\\"t\\"]","canonical":"src[\\"t\\"]","column":{"name":"t","type":{"kind":"string"},"null":true},"value":{"kind":"string"},"may_be_null":true,"plain":"t","sources":["t"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":6}},{"name":"by","cel":"src[\\"by\\"]","canonical":"src[\\"by\\"]","column":{"name":"by","type":{"kind":"bytes"},"null":true},"value":{"kind":"bytes"},"may_be_null":true,"plain":"by","sources":["by"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":6}},{"name":"da","cel":"src[\\"da\\"]","canonical":"src[\\"da\\"]","column":{"name":"da","type":{"kind":"date"},"null":true},"value":{"kind":"date"},"may_be_null":true,"plain":"da","sources":["da"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":6}},{"name":"ti","cel":"src[\\"ti\\"]","canonical":"src[\\"ti\\"]","column":{"name":"ti","type":{"kind":"time","precision":3},"null":true},"value":{"kind":"time","precision":3},"may_be_null":true,"plain":"ti","sources":["ti"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":6}},{"name":"ts","cel":"src[\\"ts\\"]","canonical":"src[\\"ts\\"]","column":{"name":"ts","type":{"kind":"timestamp","precision":3},"null":true},"value":{"kind":"timestamp","precision":3},"may_be_null":true,"plain":"ts","sources":["ts"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":6}},{"name":"tz","cel":"src[\\"tz\\"]","canonical":"src[\\"tz\\"]","column":{"name":"tz","type":{"kind":"timestamptz","precision":6},"null":true},"value":{"kind":"timestamptz","precision":6},"may_be_null":true,"plain":"tz","sources":["tz"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":6}},{"name":"iv","cel":"src[\\"iv\\"]","canonical":"src[\\"iv\\"]","column":{"name":"iv","type":{"kind":"interval"},"null":true},"value":{"kind":"interval"},"may_be_null":true,"plain":"iv","sources":["iv"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":6}},{"name":"u","cel":"src[\\"u\\"]","canonical":"src[\\"u\\"]","column":{"name":"u","type":{"kind":"uuid"},"null":true},"value":{"kind":"uuid"},"may_be_null":true,"plain":"u","sources":["u"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":6}},{"name":"j","cel":"src[\\"j\\"]","canonical":"src[\\"j\\"]","column":{"name":"j","type":{"kind":"json"},"null":true},"value":{"kind":"json"},"may_be_null":true,"plain":"j","sources":["j"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":6}},{"name":"jb","cel":"src[\\"jb\\"]","canonical":"src[\\"jb\\"]","column":{"name":"jb","type":{"kind":"json","native":"jsonb"},"null":true},"value":{"kind":"json","native":"jsonb"},"may_be_null":true,"plain":"jb","sources":["jb"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":6}},{"name":"ip","cel":"src[\\"ip\\"]","canonical":"src[\\"ip\\"]","column":{"name":"ip","type":{"kind":"native","native":"inet"},"null":true},"value":{"kind":"native","native":"inet"},"may_be_null":true,"plain":"ip","sources":["ip"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":6}},{"name":"m","cel":"src[\\"m\\"]","canonical":"src[\\"m\\"]","column":{"name":"m","type":{"kind":"enum","values":["sad","ok","happy"],"native":"public.mood"},"null":true},"value":{"kind":"enum","values":["sad","ok","happy"],"native":"public.mood"},"may_be_null":true,"plain":"m","sources":["m"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":6}},{"name":"ia","cel":"src[\\"ia\\"]","canonical":"src[\\"ia\\"]","column":{"name":"ia","type":{"kind":"array","elem":{"kind":"int32"}},"null":true},"value":{"kind":"array","elem":{"kind":"int32"}},"may_be_null":true,"plain":"ia","sources":["ia"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":6}},{"name":"ta","cel":"src[\\"ta\\"]","canonical":"src[\\"ta\\"]","column":{"name":"ta","type":{"kind":"array","elem":{"kind":"string"}},"null":true},"value":{"kind":"array","elem":{"kind":"string"}},"may_be_null":true,"plain":"ta","sources":["ta"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":6}}],"key":["id"],"key_is_source":true,"mode":"upsert","checks":[],"reconcile":[],"max_rejects":{"rows":0,"per_million":0,"percent":false},"max_row_drift":{"rows":0,"per_million":50000,"percent":true},"on_target_drift":"report"},"source":{"endpoint":"source.postgres.old","identity":"postgres:719987663/corpus_postgres_old","table":"public.types","schemas":{"public.types":"45bf1d516d5d03d4cc7dfbb4eb0441dee69d55f74a9d525b45c0526f1e52717a"},"columns":["id int64 not null","b bool","i2 int16","i4 int32","n decimal(12,4)","n0 decimal","r float32","d float64","c native(\\"character(4)\\")","vc string(20)","t string","by bytes","da date","ti time(3)","ts timestamp(3)","tz timestamptz(6)","iv interval","u uuid","j json","jb native(\\"jsonb\\")","ip native(\\"inet\\")","m native(\\"public.mood\\")","ia array(int32)","ta array(string)"]},"target":{"endpoint":"target.postgres.new","identity":"postgres:139657071/corpus_postgres_new","id":"7d207d76-bfe4-46bc-a883-6df41594b04b","table":"copy.types","schemas":{"copy.types":""}},"digest":"2:add5ffebaa25f063:776f646c8657cae7","rows":2,"source_count":0,"run":"aae78ee853465bd3","base_run":"aae78ee853465bd3","list_run":"aae78ee853465bd3","applied_at":"2026-11-22T23:05:50.69505688Z","reports":[{"name":"reconcile","kind":"reconcile","passed":true,"message":"2 rows, count and digest agree","run":"aae78ee853465bd3","at":"2026-11-22T23:05:50.69505688Z"}],"policy":{"rules":"sha256:c15180eb7adba4be6935b9f947f1cc65cf22523e3272d7dea15f569e40f52ccd","decisions":{"CORE-04":"pass"}}}
mapping.all["public.ward"]	{"uid":"mapping.all[\\"public.ward\\"]#be4be9f2","address":"mapping.all[\\"public.ward\\"]","hashes":{"fields":{"name":"dedf53a9ebe203d3db53bd433e79c14ddbdcedfbba14747d49eaa6111555cef6","no":"0e1d965e8f3c6fca718c5761f51501888ceb8f4e063b31bec8378c4f418d0099"},"rows":"8ab4f8275266d0827b49edd4c976becfa1f9c6751fb495325239de6808d2201e","mode":"3ff313caa48375df6bdce2db6cf59f1a4b211ace90d4c656dc59d94f271d14fd","key":"8f3dd808646799fa9c93ee69bacf0cd6476732ebab4fa6084f3fa09df1b87b42","shape":"323d1bdedadd4d17513bafd72c767ccf8c12e56d8a14bf1849fcb80f7ab1cecf","govern":"d4c245d290b35625929c5cbc4fde79e47e6f95b3767b3c65e62dc7b433f03254","exec":"058480d64c3d8fb9621a18d2f6e2ed1cdc7531b39a8a7b72e326404f2a913f07"},"definition":{"source":"source.postgres.old","source_table":{"schema":"public","name":"ward"},"source_key":["no"],"read":[{"name":"no","type":{"kind":"int32"},"declared":"integer","null":false},{"name":"name","type":{"kind":"string"},"declared":"text","null":false}],"params":[],"lookups":[],"target":"target.postgres.new","target_table":{"schema":"copy","name":"ward"},"fields":[{"name":"no","cel":"src[\\"no\\"]","canonical":"src[\\"no\\"]","column":{"name":"no","type":{"kind":"int32"},"declared":"integer","null":false},"value":{"kind":"int32"},"may_be_null":false,"plain":"no","sources":["no"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":6}},{"name":"name","cel":"src[\\"name\\"]","canonical":"src[\\"name\\"]","column":{"name":"name","type":{"kind":"string"},"declared":"text","null":false},"value":{"kind":"string"},"may_be_null":false,"plain":"name","sources":["name"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":6}}],"key":["no"],"key_is_source":true,"mode":"upsert","checks":[],"reconcile":[],"max_rejects":{"rows":0,"per_million":0,"percent":false},"max_row_drift":{"rows":0,"per_million":50000,"percent":true},"on_target_drift":"report"},"source":{"endpoint":"source.postgres.old","identity":"postgres:719987663/corpus_postgres_old","table":"public.ward","schemas":{"public.ward":"a0623734225ad28b15eeaaf6b29b7a36c4b66c9232d5b9b86c2c61eab16a7284"},"columns":["no int32 not null","name string not null"]},"target":{"endpoint":"target.postgres.new","identity":"postgres:139657071/corpus_postgres_new","id":"7d207d76-bfe4-46bc-a883-6df41594b04b","table":"copy.ward","schemas":{"copy.ward":"a0623734225ad28b15eeaaf6b29b7a36c4b66c9232d5b9b86c2c61eab16a7284"},"columns":["no int32 not null","name string not null"]},"digest":"3:1814cee5a4bb94ba:edabc22087835c5f","rows":3,"source_count":0,"run":"cf9c34f3fe68a9c3","base_run":"aae78ee853465bd3","list_run":"aae78ee853465bd3","applied_at":"2026-11-22T23:05:55.692543333Z","reports":[{"name":"reconcile","kind":"reconcile","passed":true,"message":"3 rows, count and digest agree","run":"cf9c34f3fe68a9c3","at":"2026-11-22T23:05:55.692543333Z"}],"policy":{"rules":"sha256:c15180eb7adba4be6935b9f947f1cc65cf22523e3272d7dea15f569e40f52ccd","decisions":{"CORE-04":"pass"}}}
mapping.kinds	{"uid":"mapping.kinds#2f184cd5","address":"mapping.kinds","hashes":{"fields":{"code":"10870131ee2c007d89ba31fcd1fbd39175838a3c74952a46fec4ccfb63036b18","first":"80a2b4a76c1580705b7c19c759b09de898fa29a6a9bde1548bddbc73948dd2da","id":"e73998a4144f2d290b872acdded95b467a93be9c3c367624c8747ebeb0bfda8c","ip":"0656be0a974ade688513665b097a74e3f9b25c6496492229bf23cfe99919c7de","more":"dcac9c6a7245dd1f485e7383010dd9a84db26a3ab96a7ebfbbeadef4b09a631e","n":"690370e4d08259e04b8c9004d7f41f168772460f2a5a90db65882c414e0f3f5c"},"rows":"d2952967e8d732063b590dac5a7ac6c31944d32e74058414ce2ae0e25a8195b9","mode":"3ff313caa48375df6bdce2db6cf59f1a4b211ace90d4c656dc59d94f271d14fd","key":"ad9bc17b28a75c75c0f111cce440be7d5d4dc6389942fbd5a2d19116083db635","shape":"b01276f6535e40807e11f3ffe7d1fe17b70b48bbdf75231ab94dcaa2f1b48aef","govern":"9c550fc6593c31bbc9a2d07c4ed076e965608523668e7fadae77c2c104f13be1","exec":"058480d64c3d8fb9621a18d2f6e2ed1cdc7531b39a8a7b72e326404f2a913f07"},"definition":{"source":"source.postgres.old","source_table":{"schema":"public","name":"types"},"source_key":["id"],"read":[{"name":"id","type":{"kind":"int64"},"declared":"bigint","null":false},{"name":"n","type":{"kind":"decimal","precision":12,"scale":4},"declared":"numeric(12,4)","null":true},{"name":"c","type":{"kind":"string","length":4,"native":"character(4)"},"declared":"character(4)","null":true},{"name":"ip","type":{"kind":"native","native":"inet"},"declared":"inet","null":true},{"name":"m","type":{"kind":"enum","values":["sad","ok","happy"],"native":"public.mood"},"declared":"mood","null":true},{"name":"ta","type":{"kind":"array","elem":{"kind":"string"}},"declared":"text[]","null":true}],"where":"src.id \\u003e 0 \\u0026\\u0026 (src.m == null || src.m != 'sad')","where_canonical":"(call _\\u0026\\u0026_ logical_and (call _\\u003e_ greater_int64 (get \\"id\\" src) 0) (call _||_ logical_or (call _==_ equals (get \\"m\\" src) (call @null null_value)) (call _!=_ not_equals (get \\"m\\" src) \\"sad\\")))","params":[],"lookups":[],"target":"target.postgres.new","target_table":{"schema":"public","name":"kinds"},"fields":[{"name":"id","cel":"src[\\"id\\"]","canonical":"src[\\"id\\"]","column":{"name":"id","type":{"kind":"int64"},"declared":"bigint","null":false},"value":{"kind":"int64"},"may_be_null":false,"plain":"id","sources":["id"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":44}},{"name":"n","cel":"src[\\"n\\"]","canonical":"src[\\"n\\"]","column":{"name":"n","type":{"kind":"decimal","precision":9,"scale":2},"declared":"numeric(9,2)","null":true},"value":{"kind":"decimal","precision":12,"scale":4},"may_be_null":true,"plain":"n","sources":["n"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"lossy","why":"Digits behind the point beyond 2 are rounded away, half to even.","allow":"round"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":45}},{"name":"first","cel":"src.ta == null ? null : list.first(src.ta)","canonical":"(call _?_:_ conditional (call _==_ equals (get \\"ta\\" src) (call @null null_value)) (call @null null_value) (call list.first list_first (get \\"ta\\" src)))","column":{"name":"first","type":{"kind":"string"},"declared":"text","null":true},"value":{"kind":"string"},"may_be_null":true,"sources":["ta"],"functions":["list.first@1"],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":50}},{"name":"ip","cel":"src[\\"ip\\"]","canonical":"src[\\"ip\\"]","column":{"name":"ip","type":{"kind":"native","native":"inet"},"declared":"inet","null":true},"value":{"kind":"native","native":"inet"},"may_be_null":true,"plain":"ip","sources":["ip"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":51}},{"name":"code","cel":"src[\\"c\\"]","canonical":"src[\\"c\\"]","column":{"name":"code","type":{"kind":"string"},"declared":"text","null":true},"value":{"kind":"string","length":4,"native":"character(4)"},"may_be_null":true,"plain":"c","sources":["c"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":52}},{"name":"more","cel":"'more'","canonical":"\\"more\\"","column":{"name":"more","type":{"kind":"string"},"null":false},"value":{"kind":"string"},"may_be_null":false,"sources":[],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":56}}],"key":["id"],"key_is_source":true,"mode":"upsert","checks":[],"reconcile":[],"max_rejects":{"rows":0,"per_million":0,"percent":false},"max_row_drift":{"rows":0,"per_million":50000,"percent":true},"on_target_drift":"report","strategy":"shadow_swap","rollback_window":"72h"},"source":{"endpoint":"source.postgres.old","identity":"postgres:719987663/corpus_postgres_old","table":"public.types","schemas":{"public.types":"45bf1d516d5d03d4cc7dfbb4eb0441dee69d55f74a9d525b45c0526f1e52717a"},"columns":["id int64 not null","b bool","i2 int16","i4 int32","n decimal(12,4)","n0 decimal","r float32","d float64","c native(\\"character(4)\\")","vc string(20)","t string","by bytes","da date","ti time(3)","ts timestamp(3)","tz timestamptz(6)","iv interval","u uuid","j json","jb native(\\"jsonb\\")","ip native(\\"inet\\")","m native(\\"public.mood\\")","ia array(int32)","ta array(string)"]},"target":{"endpoint":"target.postgres.new","identity":"postgres:139657071/corpus_postgres_new","id":"7d207d76-bfe4-46bc-a883-6df41594b04b","table":"public.kinds","schemas":{"public.kinds":"21fa6a63f0a56d233b9b9e4bd41ee14e375739d546225eae5687aa4799069600"},"columns":["id int64 not null","n decimal(9,2)","first string","ip native(\\"inet\\")","code string"]},"digest":"2:e4de3361a9ca4afc:59e88580efd67da6","rows":2,"source_count":0,"run":"cf9c34f3fe68a9c3","base_run":"cf9c34f3fe68a9c3","list_run":"cf9c34f3fe68a9c3","applied_at":"2026-11-22T23:05:55.749418656Z","reports":[{"name":"reconcile","kind":"reconcile","passed":true,"message":"2 rows, count and digest agree","run":"cf9c34f3fe68a9c3","at":"2026-11-22T23:05:55.749418656Z"}],"policy":{"rules":"sha256:c15180eb7adba4be6935b9f947f1cc65cf22523e3272d7dea15f569e40f52ccd","decisions":{"CORE-04":"pass"}},"kept":{"table":"_migrateiq_old_public.kinds","run":"cf9c34f3fe68a9c3","at":"2026-11-22T23:05:55.749503072Z","until":"2026-11-25T23:05:55.749503122Z","before":{"uid":"mapping.kinds#2f184cd5","address":"mapping.kinds","hashes":{"fields":{"code":"10870131ee2c007d89ba31fcd1fbd39175838a3c74952a46fec4ccfb63036b18","first":"80a2b4a76c1580705b7c19c759b09de898fa29a6a9bde1548bddbc73948dd2da","id":"e73998a4144f2d290b872acdded95b467a93be9c3c367624c8747ebeb0bfda8c","ip":"0656be0a974ade688513665b097a74e3f9b25c6496492229bf23cfe99919c7de","n":"690370e4d08259e04b8c9004d7f41f168772460f2a5a90db65882c414e0f3f5c"},"rows":"d2952967e8d732063b590dac5a7ac6c31944d32e74058414ce2ae0e25a8195b9","mode":"3ff313caa48375df6bdce2db6cf59f1a4b211ace90d4c656dc59d94f271d14fd","key":"ad9bc17b28a75c75c0f111cce440be7d5d4dc6389942fbd5a2d19116083db635","shape":"b54bc813e88983d9be649635ccc47c07936f2900f85966bc540c5a7635485dd6","govern":"fcc470d9794bb25bbb8ca39e797b5ebb5b5db345d329a0dc1838fa16a7e108ff","exec":"058480d64c3d8fb9621a18d2f6e2ed1cdc7531b39a8a7b72e326404f2a913f07"},"definition":{"source":"source.postgres.old","source_table":{"schema":"public","name":"types"},"source_key":["id"],"read":[{"name":"id","type":{"kind":"int64"},"declared":"bigint","null":false},{"name":"n","type":{"kind":"decimal","precision":12,"scale":4},"declared":"numeric(12,4)","null":true},{"name":"c","type":{"kind":"string","length":4,"native":"character(4)"},"declared":"character(4)","null":true},{"name":"ip","type":{"kind":"native","native":"inet"},"declared":"inet","null":true},{"name":"m","type":{"kind":"enum","values":["sad","ok","happy"],"native":"public.mood"},"declared":"mood","null":true},{"name":"ta","type":{"kind":"array","elem":{"kind":"string"}},"declared":"text[]","null":true}],"where":"src.id \\u003e 0 \\u0026\\u0026 (src.m == null || src.m != 'sad')","where_canonical":"(call _\\u0026\\u0026_ logical_and (call _\\u003e_ greater_int64 (get \\"id\\" src) 0) (call _||_ logical_or (call _==_ equals (get \\"m\\" src) (call @null null_value)) (call _!=_ not_equals (get \\"m\\" src) \\"sad\\")))","params":[],"lookups":[],"target":"target.postgres.new","target_table":{"name":"kinds"},"fields":[{"name":"id","cel":"src[\\"id\\"]","canonical":"src[\\"id\\"]","column":{"name":"id","type":{"kind":"int64"},"null":false},"value":{"kind":"int64"},"may_be_null":false,"plain":"id","sources":["id"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":44}},{"name":"n","cel":"src[\\"n\\"]","canonical":"src[\\"n\\"]","column":{"name":"n","type":{"kind":"decimal","precision":9,"scale":2},"null":true},"value":{"kind":"decimal","precision":12,"scale":4},"may_be_null":true,"plain":"n","sources":["n"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"lossy","why":"Digits behind the point beyond 2 are rounded away, half to even.","allow":"round"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":45}},{"name":"first","cel":"src.ta == null ? null : list.first(src.ta)","canonical":"(call _?_:_ conditional (call _==_ equals (get \\"ta\\" src) (call @null null_value)) (call @null null_value) (call list.first list_first (get \\"ta\\" src)))","column":{"name":"first","type":{"kind":"string"},"null":true},"value":{"kind":"string"},"may_be_null":true,"sources":["ta"],"functions":["list.first@1"],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":50}},{"name":"ip","cel":"src[\\"ip\\"]","canonical":"src[\\"ip\\"]","column":{"name":"ip","type":{"kind":"native","native":"inet"},"null":true},"value":{"kind":"native","native":"inet"},"may_be_null":true,"plain":"ip","sources":["ip"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":51}},{"name":"code","cel":"src[\\"c\\"]","canonical":"src[\\"c\\"]","column":{"name":"code","type":{"kind":"string"},"null":true},"value":{"kind":"string","length":4,"native":"character(4)"},"may_be_null":true,"plain":"c","sources":["c"],"functions":[],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":52}}],"key":["id"],"key_is_source":true,"mode":"upsert","checks":[],"reconcile":[],"max_rejects":{"rows":0,"per_million":0,"percent":false},"max_row_drift":{"rows":0,"per_million":50000,"percent":true},"on_target_drift":"report","strategy":"shadow_swap","rollback_window":"72h"},"source":{"endpoint":"source.postgres.old","identity":"postgres:719987663/corpus_postgres_old","table":"public.types","schemas":{"public.types":"45bf1d516d5d03d4cc7dfbb4eb0441dee69d55f74a9d525b45c0526f1e52717a"},"columns":["id int64 not null","b bool","i2 int16","i4 int32","n decimal(12,4)","n0 decimal","r float32","d float64","c native(\\"character(4)\\")","vc string(20)","t string","by bytes","da date","ti time(3)","ts timestamp(3)","tz timestamptz(6)","iv interval","u uuid","j json","jb native(\\"jsonb\\")","ip native(\\"inet\\")","m native(\\"public.mood\\")","ia array(int32)","ta array(string)"]},"target":{"endpoint":"target.postgres.new","identity":"postgres:139657071/corpus_postgres_new","id":"7d207d76-bfe4-46bc-a883-6df41594b04b","table":"kinds","schemas":{"kinds":""}},"digest":"2:efcb07947bf67a5b:5e8f04eadc898555","rows":2,"source_count":0,"run":"aae78ee853465bd3","base_run":"aae78ee853465bd3","list_run":"aae78ee853465bd3","applied_at":"2026-11-22T23:05:50.57162703Z","reports":[{"name":"reconcile","kind":"reconcile","passed":true,"message":"2 rows, count and digest agree","run":"aae78ee853465bd3","at":"2026-11-22T23:05:50.57162703Z"}],"policy":{"rules":"sha256:c15180eb7adba4be6935b9f947f1cc65cf22523e3272d7dea15f569e40f52ccd","decisions":{"CORE-04":"pass"}}},"foreign":null}}
mapping.patient	{"uid":"mapping.patient#a5132b43","address":"mapping.patient","hashes":{"fields":{"local":"8aa6c6409a1f33845e4184408afdf58fafdf8834dbe0e4ff3518741220a48668","name":"b01ecf3132b8e76c0dd619b1228c9c31ab1f25a07c3040ec1c0b8536928cce3b","patient_id":"dde21cf4b1c4c48f117717094e26820f968fe62df700b6d4e15ae87bad04d731","ward":"d4c1c6e77867cf25f5d717368184f47b1bc5b4635d2ba2dd98b9372304d85774"},"rows":"ae1aa9d7468bb62d61e868e868f68008e0deaa098b4324ffe89aafd062a247e3","mode":"26f6d2ffc981eb7990ca4c4970f5c61657587e0b498b034c79815bbaaf38f31a","key":"97058bfeed5f161e434040229fcc1561d8fed57af94c6ee71e15d0fd79a3a105","shape":"0c9193532b6dc73d64ea288b9380f79c641824ca05084e4448a716c1d35668bf","govern":"6564d664fff8ba5599598cba381b15b1063350945dd22f33d2a3d59f4c1fee69","exec":"058480d64c3d8fb9621a18d2f6e2ed1cdc7531b39a8a7b72e326404f2a913f07"},"definition":{"source":"source.postgres.old","source_table":{"schema":"public","name":"patient"},"joins":[{"name":"ward","table":{"schema":"public","name":"ward"},"on":[["ward","no"]]}],"source_key":["id"],"read":[{"name":"id","type":{"kind":"int32"},"declared":"integer","null":false,"identity":true},{"name":"name","type":{"kind":"string"},"declared":"text","null":false},{"name":"at","type":{"kind":"timestamptz","precision":6},"declared":"timestamp with time zone","null":false,"default":"now()"},{"name":"ward.name","type":{"kind":"string"},"declared":"text","null":true}],"params":[],"lookups":[],"target":"target.postgres.new","target_table":{"schema":"clinical","name":"patient"},"fields":[{"name":"patient_id","cel":"uuid5('p', string(src.id))","canonical":"(call uuid5 uuid5_2 \\"p\\" (call string int64_to_string (get \\"id\\" src)))","column":{"name":"patient_id","type":{"kind":"string"},"declared":"text","null":false},"value":{"kind":"string"},"may_be_null":false,"sources":["id"],"functions":["string@1","uuid5@1"],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":28}},{"name":"name","cel":"text.upper(src.name)","canonical":"(call text.upper text_upper (get \\"name\\" src))","column":{"name":"name","type":{"kind":"string"},"declared":"text","null":false},"value":{"kind":"string"},"may_be_null":false,"sources":["name"],"functions":["text.upper@1"],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":29}},{"name":"ward","cel":"coalesce(join.ward.name, 'none')","canonical":"(call coalesce coalesce_2 (get \\"ward.name\\" src) \\"none\\")","column":{"name":"ward","type":{"kind":"string"},"declared":"text","null":false},"value":{"kind":"string"},"may_be_null":false,"sources":["ward.name"],"functions":["coalesce@1"],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":30}},{"name":"local","cel":"src.at.in_zone('Europe/London')","canonical":"(call in_zone timestamp_in_zone (get \\"at\\" src) \\"Europe/London\\")","column":{"name":"local","type":{"kind":"timestamp","precision":6},"declared":"timestamp(6) without time zone","null":false},"value":{"kind":"timestamp","precision":6},"may_be_null":false,"sources":["at"],"functions":["in_zone@1+Europe/London=75cfad6f726f"],"lookups":[],"params":[],"fidelity":{"verdict":"exact"},"on_row_error":"fail","classes":[],"purpose":[],"at":{"file":"main.miq.hcl","line":31}}],"key":["patient_id"],"key_is_source":false,"mode":"mirror","checks":[],"reconcile":[],"max_rejects":{"rows":0,"per_million":0,"percent":false},"max_row_drift":{"rows":0,"per_million":50000,"percent":true},"on_target_drift":"report"},"source":{"endpoint":"source.postgres.old","identity":"postgres:719987663/corpus_postgres_old","table":"public.patient","schemas":{"public.patient":"681275e5aafb7671056a79e890ff648f0debdfc0afd11d04a5b80298c6f7a7a5"},"columns":["id int32 not null","ward int32","name string not null","at timestamptz(6) not null"]},"target":{"endpoint":"target.postgres.new","identity":"postgres:139657071/corpus_postgres_new","id":"7d207d76-bfe4-46bc-a883-6df41594b04b","table":"clinical.patient","schemas":{"clinical.patient":"81c6ed96fce99255b56cb57873f4a162aba9c15e13c10d05d8ba22c15d52c567"},"columns":["patient_id string not null","name string not null","ward string not null","local timestamp(6) not null"]},"digest":"2:4598df8d99d9b688:b06d2a2b79e090d9","rows":2,"source_count":0,"run":"cf9c34f3fe68a9c3","base_run":"aae78ee853465bd3","list_run":"cf9c34f3fe68a9c3","applied_at":"2026-11-22T23:05:55.786265952Z","reports":[{"name":"reconcile","kind":"reconcile","passed":true,"message":"2 rows, count and digest agree","run":"cf9c34f3fe68a9c3","at":"2026-11-22T23:05:55.786265952Z"}],"policy":{"rules":"sha256:c15180eb7adba4be6935b9f947f1cc65cf22523e3272d7dea15f569e40f52ccd","decisions":{"CORE-04":"pass"}}}
\.
COPY _migrateiq.fence (one, lineage, epoch, session, application) FROM stdin;
t	02666151-54e0-457a-8dc9-6c9571acb09b	2	somebody@somewhere pid 1	migrateiq 64cdd3d2
\.
COPY _migrateiq.keymap (mapping, old, new, run, chunk) FROM stdin;
\.
COPY _migrateiq.meta (one, format, target, lineage, secret) FROM stdin;
t	2	7d207d76-bfe4-46bc-a883-6df41594b04b	02666151-54e0-457a-8dc9-6c9571acb09b	\\x125c12e7b41b036318071b1b3caf064f88791ccb7cf2df2a6c6a148204e6d8b8
\.
COPY _migrateiq.reject (run, mapping, chunk, n, key, field, rule, reason) FROM stdin;
\.
COPY _migrateiq.run (id, lineage, plan_digest, epoch, opened, closed, outcome) FROM stdin;
aae78ee853465bd3	02666151-54e0-457a-8dc9-6c9571acb09b	sha256:aae78ee853465bd3f31fa204b007870051822e1c4b1f641d2c9ed9cf5b03d963	1	2026-11-22 23:05:49.079803+00	2026-11-22 23:05:50.722575+00	done
cf9c34f3fe68a9c3	02666151-54e0-457a-8dc9-6c9571acb09b	sha256:cf9c34f3fe68a9c3bee7be11a17cf83516dd2c412334aa08ce45557db462440d	2	2026-11-22 23:05:54.335398+00	2026-11-22 23:05:55.826653+00	done
\.
COPY _migrateiq.step (run, n, done) FROM stdin;
aae78ee853465bd3	5	2026-11-22 23:05:49.132673+00
aae78ee853465bd3	0	2026-11-22 23:05:49.137972+00
aae78ee853465bd3	4	2026-11-22 23:05:49.141045+00
aae78ee853465bd3	2	2026-11-22 23:05:49.158751+00
aae78ee853465bd3	1	2026-11-22 23:05:49.159029+00
aae78ee853465bd3	6	2026-11-22 23:05:49.170981+00
aae78ee853465bd3	3	2026-11-22 23:05:49.181917+00
aae78ee853465bd3	10	2026-11-22 23:05:50.101189+00
aae78ee853465bd3	17	2026-11-22 23:05:50.103514+00
aae78ee853465bd3	18	2026-11-22 23:05:50.107497+00
aae78ee853465bd3	8	2026-11-22 23:05:50.109349+00
aae78ee853465bd3	13	2026-11-22 23:05:50.111361+00
aae78ee853465bd3	14	2026-11-22 23:05:50.115905+00
aae78ee853465bd3	9	2026-11-22 23:05:50.224562+00
aae78ee853465bd3	15	2026-11-22 23:05:50.229221+00
aae78ee853465bd3	16	2026-11-22 23:05:50.23461+00
aae78ee853465bd3	7	2026-11-22 23:05:50.236633+00
aae78ee853465bd3	11	2026-11-22 23:05:50.242399+00
aae78ee853465bd3	12	2026-11-22 23:05:50.254885+00
aae78ee853465bd3	21	2026-11-22 23:05:50.567917+00
aae78ee853465bd3	22	2026-11-22 23:05:50.585955+00
aae78ee853465bd3	20	2026-11-22 23:05:50.615802+00
aae78ee853465bd3	19	2026-11-22 23:05:50.691485+00
cf9c34f3fe68a9c3	0	2026-11-22 23:05:54.345825+00
cf9c34f3fe68a9c3	11	2026-11-22 23:05:54.348691+00
cf9c34f3fe68a9c3	3	2026-11-22 23:05:54.916629+00
cf9c34f3fe68a9c3	1	2026-11-22 23:05:54.970873+00
cf9c34f3fe68a9c3	2	2026-11-22 23:05:55.273779+00
cf9c34f3fe68a9c3	5	2026-11-22 23:05:55.279385+00
cf9c34f3fe68a9c3	6	2026-11-22 23:05:55.292506+00
cf9c34f3fe68a9c3	4	2026-11-22 23:05:55.333174+00
cf9c34f3fe68a9c3	8	2026-11-22 23:05:55.637361+00
cf9c34f3fe68a9c3	9	2026-11-22 23:05:55.643239+00
cf9c34f3fe68a9c3	12	2026-11-22 23:05:55.645788+00
cf9c34f3fe68a9c3	7	2026-11-22 23:05:55.687966+00
cf9c34f3fe68a9c3	10	2026-11-22 23:05:55.775704+00
\.
COPY _migrateiq.written (run, mapping, key, chunk) FROM stdin;
\.
COPY _migrateiq_old_public.kinds (id, n, first, ip, code) FROM stdin;
1	12.34	a	10.0.0.1/24	ab  
2	\N	\N	\N	\N
\.
COPY clinical.patient (patient_id, name, ward, local) FROM stdin;
db7e7c18-c06e-557c-8364-7a8725d62c5a	ANNE	Maple	2020-07-01 11:00:00
91e0feca-e2ae-5898-b4e2-767777312f79	CYD	none	2020-07-02 11:00:00
\.
COPY copy.types (id, b, i2, i4, n, n0, r, d, c, vc, t, by, da, ti, ts, tz, iv, u, j, jb, ip, m, ia, ta) FROM stdin;
1	t	-3	70000	12.3450	10000000000	0.1	0.1	ab  	vc	text	\\x00ff	2020-02-29	10:20:30.5	2020-07-01 10:00:00.123	2020-07-01 09:00:00.123456+00	1 mon 2 days 03:04:05.6	6f1c2b0e-5f0d-5a52-9c0b-4d3b7a9d2e11	{"a": 1, "b": [1,2]}	{"a": 1.50, "z": null}	10.0.0.1/24	ok	{1,2,NULL}	{a,"b c"}
2	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N
\.
COPY copy.ward (no, name) FROM stdin;
7	Maple
8	Birch
9	Elm
\.
COPY public.kinds (id, n, first, ip, code, more) FROM stdin;
1	12.34	a	10.0.0.1/24	ab  	more
2	\N	\N	\N	\N	more
\.
SELECT pg_catalog.setval('_migrateiq.chunk_number_seq', 8, true);
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
ALTER TABLE ONLY _migrateiq_old_public.kinds
    ADD CONSTRAINT kinds_pkey PRIMARY KEY (id);
ALTER TABLE ONLY clinical.patient
    ADD CONSTRAINT patient_pkey PRIMARY KEY (patient_id);
ALTER TABLE ONLY copy.types
    ADD CONSTRAINT types_pkey PRIMARY KEY (id);
ALTER TABLE ONLY copy.ward
    ADD CONSTRAINT ward_pkey PRIMARY KEY (no);
ALTER TABLE ONLY public.kinds
    ADD CONSTRAINT kinds_pkey PRIMARY KEY (id);
CREATE INDEX keymap_new ON _migrateiq.keymap USING btree (mapping, new);
