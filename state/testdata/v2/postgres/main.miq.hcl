source "postgres" "old" { url = secret("env://OLD_URL") }
target "postgres" "new" { url = secret("env://NEW_URL") }
mapping "all" {
  from {
    source = source.postgres.old
    tables = ["public.types", "public.ward"]
  }
  to {
    target = target.postgres.new
    schema = "copy"
  }
}
mapping "patient" {
  from {
    source = source.postgres.old
    table  = "public.patient"
    join "ward" {
      table = "public.ward"
      on    = { ward = "no" }
    }
  }
  to {
    target = target.postgres.new
    table  = "clinical.patient"
    key    = ["patient_id"]
    mode   = "mirror"
  }
  field "patient_id" { cel = "uuid5('p', string(src.id))" }
  field "name" { cel = "text.upper(src.name)" }
  field "ward" { cel = "coalesce(join.ward.name, 'none')" }
  field "local" { cel = "src.at.in_zone('Europe/London')" }
}
mapping "kinds" {
  from {
    source = source.postgres.old
    table  = "public.types"
    where  = "src.id > 0 && (src.m == null || src.m != 'sad')"
  }
  to {
    target = target.postgres.new
    table  = "kinds"
    key    = ["id"]
  }
  field "id" { from = "id" }
  field "n" {
    cel         = "src.n"
    type        = decimal(9, 2)
    allow_lossy = "round"
  }
  field "first" { cel = "src.ta == null ? null : list.first(src.ta)" }
  field "ip" { from = "ip" }
  field "code" {
    from = "c"
    type = native("text")
  }
  field "more" { cel = "'more'" }
  lifecycle {
    strategy        = "shadow_swap"
    rollback_window = "72h"
  }
}
