source "postgres" "old" {
  url = secret("env://OLD_URL")
  table "public.entries" { cursor = { column = "id", kind = "sequence" } }
  table "public.changes" { cursor = { column = "at", kind = "timestamp", set_by = "database" } }
  table "public.versions" { cursor = { kind = "xmin" } }
}
target "postgres" "new" { url = secret("env://NEW_URL") }
mapping "entries" {
  from {
    source = source.postgres.old
    table  = "public.entries"
  }
  to {
    target = target.postgres.new
    table  = "entries"
    mode   = "append"
  }
}
mapping "changes" {
  from {
    source = source.postgres.old
    table  = "public.changes"
  }
  to {
    target = target.postgres.new
    table  = "changes"
    key    = ["id"]
  }
}
mapping "versions" {
  from {
    source = source.postgres.old
    table  = "public.versions"
  }
  to {
    target = target.postgres.new
    table  = "versions"
    key    = ["id"]
  }
}
