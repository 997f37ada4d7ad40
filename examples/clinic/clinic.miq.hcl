# A small clinic leaves its old system, which exports CSV files, for a database of its own.

migrateiq {
  required_version = ">= 0.1"
}

variable "as_of" {
  type        = string
  default     = "2024-06-01"
  description = "The day on which ages are taken."
  validation {
    condition     = length(regexall("^\\d{4}-\\d{2}-\\d{2}$", var.as_of)) == 1
    error_message = "as_of is a day, written like 2024-06-01."
  }
}

source "csv" "export" {
  path = "data"

  table "patients" {
    key = ["PATIENT_NO"]
    column "PATIENT_NO" { type = int64 }
    column "FIRST_NAME" { classify = ["personal.name"] }
    column "LAST_NAME" { classify = ["personal.name"] }
    column "BORN" { classify = ["personal.birth_date"] }
    column "SEX" { type = string }
  }
  table "encounters" {
    key = ["ENCOUNTER_NO"]
    column "ENCOUNTER_NO" { type = int64 }
    column "PATIENT_NO" { type = int64 }
    column "STARTED" { type = timestamp(0) }
    column "ENDED" { type = timestamp(0) }
    column "COST" { type = decimal(10, 2) }
  }
  table "conditions" {
    key = ["ENCOUNTER_NO", "CODE"]
    column "PATIENT_NO" { type = int64 }
    column "ENCOUNTER_NO" { type = int64 }
  }
}

target "sqlite" "clinic" {
  path = "clinic.db"
}

lookup "sex" {
  values  = { "1" = "male", "2" = "female" }
  default = "not stated"
}

lookup "kind" {
  values = {
    A = "ambulatory"
    I = "inpatient"
    U = "urgent"
    W = "wellness"
  }
}

lookup "condition" {
  file  = "codes/conditions.csv"
  key   = "code"
  value = "name"
}

mapping "patient" {
  from {
    source = source.csv.export
    table  = "patients"
  }
  to {
    target = target.sqlite.clinic
    table  = "patient"
    key    = ["patient_id"]
  }
  params = { as_of = var.as_of }

  field "patient_id" { from = "PATIENT_NO" }
  field "full_name" { cel = "text.title(text.squish(src.FIRST_NAME + ' ' + src.LAST_NAME))" }
  field "born" { cel = "date.parse(src.BORN, 'dd/MM/yyyy')" }
  field "age_band" {
    cel = <<-CEL
      date.diff_years(date.parse(src.BORN, 'dd/MM/yyyy'), date(param.as_of)) < 18 ? '0-17'
      : date.diff_years(date.parse(src.BORN, 'dd/MM/yyyy'), date(param.as_of)) < 65 ? '18-64'
      : '65+'
    CEL
  }
  field "sex" { cel = "lookup.sex[src.SEX]" }
  field "town" { from = "TOWN" }
  field "died" { cel = "date.parse(src.DIED, 'dd/MM/yyyy')" }

  check "sex_is_known" {
    expect   = "agg.count_if(out.sex == 'not stated') * 10 <= agg.count()"
    severity = "block"
    message  = "More than a tenth of the patients have no sex stated."
  }
  reconcile { columns = "*" }
}

mapping "encounter" {
  from {
    source = source.csv.export
    table  = "encounters"
  }
  to {
    target = target.sqlite.clinic
    table  = "encounter"
    key    = ["encounter_id"]
  }
  field "encounter_id" { from = "ENCOUNTER_NO" }
  field "patient_id" { from = "PATIENT_NO" }
  field "started" { from = "STARTED" }
  field "ended" { from = "ENDED" }
  field "kind" { cel = "lookup.kind[src.KIND]" }
  field "cost" {
    from   = "COST"
    expect = "out >= decimal('0')"
  }
}

mapping "condition" {
  from {
    source = source.csv.export
    table  = "conditions"
  }
  to {
    target = target.sqlite.clinic
    table  = "condition"
    key    = ["condition_id"]
  }
  field "condition_id" { cel = "uuid5('condition', string(src.ENCOUNTER_NO), src.CODE)" }
  field "encounter_id" { from = "ENCOUNTER_NO" }
  field "patient_id" { from = "PATIENT_NO" }
  field "code" { from = "CODE" }
  field "name" { cel = "lookup.condition[src.CODE]" }
  field "noted" { cel = "date.parse(src.NOTED, 'dd/MM/yyyy')" }
  field "resolved" { cel = "date.parse(src.RESOLVED, 'dd/MM/yyyy')" }
}

output "patients" {
  value       = mapping.patient.rows
  description = "Patients that the new system holds."
}
