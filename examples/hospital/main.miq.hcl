# A hospital moves patients, episodes and payments out of its patient administration system (PAS) into a new record.
# The facts that a compliance officer asks for stand in governance.miq.hcl; what is known of a system, table or column
# stands with it, here.

migrateiq {
  required_version = ">= 0.1"

  policy "gdpr" {}
  policy "nhs" {}
  policy "pci" {}
  policy "sox" {}
}

variable "lists_as_of" {
  type        = string
  default     = "2026-11-19"
  description = "The day of which the lists in lists/ are."
}

source "sqlite" "pas" {
  path        = "pas.db"
  region      = "uk-south"
  country     = "GB"
  environment = "prod"
  live_data   = true
  clinical    = true
  operator    = { legal_entity = "Anytown Hospital", third_party = false, dspt_status = "met", dspt_year = "2026" }
  at_rest     = { level = "disk", algorithm = "AES-256-XTS", key = "pas-2024", key_custody = "hsm", key_bits = 256, key_custodian = "security@hospital.example", key_status = "active", key_expires = "2027-06-30" }
  access      = { roles = ["pas_reader"], deny_by_default = true, connection_role = "pas_reader", least_privilege_role = "pas_reader", shared = false, standing_admin = false, reviewed_at = "2026-10-30" }
  pci         = { cde = true, issuer = false, scope = "PCI-SCOPE-7", retention_check = "PCI-RET-2026-Q3" }
  sox         = { in_scope = true }

  table "PATIENT" {
    owner        = "health-records@hospital.example"
    reviewed_by  = "ig@hospital.example"
    asset        = "IAR-12"
    record_class = "adult_health_record"
    retention    = { years = 8, trigger = "last contact", disposal = "purge with certificate", basis = "Records Management Code of Practice 2021" }
    clinical     = true
    cpi          = true
    icfr         = false
    essential    = true
    column "PAT_ID" { classify = ["mrn"] }
    column "NHS_NO" { classify = ["nhs_number"] }
    column "NHS_STATUS" { classify = ["nhs_number_status"] }
    column "SURNAME" { classify = ["personal.name"] }
    column "FORENAME" { classify = ["personal.name"] }
    column "BORN" { classify = ["personal.birth_date"] }
    column "SEX" { classify = ["personal.sex"] }
    column "POSTCODE" { classify = ["personal.address"] }
  }
  table "EPISODE" {
    owner        = "health-records@hospital.example"
    reviewed_by  = "ig@hospital.example"
    asset        = "IAR-13"
    record_class = "adult_health_record"
    retention    = { years = 8, trigger = "last contact", disposal = "purge with certificate", basis = "Records Management Code of Practice 2021" }
    clinical     = true
    cpi          = true
    icfr         = false
    essential    = true
    column "EPI_ID" { classify = ["none"] }
    column "PAT_ID" { classify = ["mrn"] }
    column "STARTED" { classify = ["health"] }
    column "DIAGNOSIS" { classify = ["health", "clinical_code"] }
    column "WEIGHT_KG" {
      classify = ["health", "clinical_quantity"]
      unit     = "kg"
    }
    column "CLINICIAN" { classify = ["record_author"] }
  }
  table "PAYMENT" {
    owner        = "finance@hospital.example"
    reviewed_by  = "ig@hospital.example"
    asset        = "IAR-40"
    record_class = "financial"
    retention    = { days = 2557, trigger = "end of financial year", disposal = "purge with certificate", basis = "Finance schedule 3" }
    clinical     = false
    cpi          = false
    icfr         = true
    essential    = false
    column "PAY_ID" { classify = ["none"] }
    column "PAT_ID" { classify = ["mrn"] }
    column "AMOUNT" { classify = ["financial_amount"] }
    column "CURRENCY" { classify = ["currency"] }
    column "POSTED_ON" { classify = ["posting_date"] }
    column "PAN" { classify = ["pan"] }
    column "EXPIRY" { classify = ["cardholder.expiry"] }
    column "CVV" { classify = ["sad"] } # no field takes it: it may not be kept once a payment is authorised
  }
}

target "sqlite" "record" {
  path        = "record.db"
  region      = "uk-south"
  country     = "GB"
  environment = "prod"
  live_data   = true
  clinical    = true
  operator    = { legal_entity = "Anytown Hospital", third_party = false, dspt_status = "met", dspt_year = "2026" }
  at_rest     = { level = "file", algorithm = "AES-256-GCM", key = "record-2026", key_custody = "hsm", key_bits = 256, key_custodian = "security@hospital.example", key_status = "active", key_expires = "2028-06-30" }
  access      = { roles = ["record_writer", "record_reader"], deny_by_default = true, connection_role = "record_writer", least_privilege_role = "record_writer", shared = false, standing_admin = false, reviewed_at = "2026-10-30" }
  pci         = { cde = true, issuer = false, scope = "PCI-SCOPE-7", retention_check = "PCI-RET-2026-Q3" }
  sox         = { in_scope = true }

  table "patient" {
    owner         = "health-records@hospital.example"
    asset         = "IAR-71"
    record_class  = "adult_health_record"
    retention     = { years = 8, trigger = "last contact", disposal = "purge with certificate", basis = "Records Management Code of Practice 2021" }
    oldest_record = "2019-04-03"
    subject_key   = "patient_id"
    clinical      = true
    cpi           = true
    icfr          = false
    essential     = true
  }
  table "episode" {
    owner         = "health-records@hospital.example"
    asset         = "IAR-72"
    record_class  = "adult_health_record"
    retention     = { years = 8, trigger = "last contact", disposal = "purge with certificate", basis = "Records Management Code of Practice 2021" }
    oldest_record = "2019-04-03"
    subject_key   = "patient_id"
    clinical      = true
    cpi           = true
    icfr          = false
    essential     = true
  }
  table "payment" {
    owner         = "finance@hospital.example"
    asset         = "IAR-73"
    record_class  = "financial"
    retention     = { days = 2557, trigger = "end of financial year", disposal = "purge with certificate", basis = "Finance schedule 3" }
    oldest_record = "2025-02-03"
    subject_key   = "patient_id"
    clinical      = false
    cpi           = false
    icfr          = true
    essential     = false
  }
}

key "cards" { # Card numbers become tokens. The key is kept by somebody else than the record, and elsewhere.
  from      = secret("env://CARD_KEY")
  custodian = "security@hospital.example"
  custody   = "hsm"
  system    = "hsm.anytown"
  expires   = "2027-12-31"
  status    = "active"
}

lookup "sex" {
  values  = { "1" = "male", "2" = "female", "9" = "indeterminate" }
  default = error
}

lookup "erased" { file = "lists/erasure.csv" }
lookup "restricted" { file = "lists/restriction.csv" }
lookup "objected" { file = "lists/objection.csv" }
lookup "test_patients" { file = "lists/test_patients.csv" }

mapping "patient" {
  from {
    source = source.sqlite.pas
    table  = "PATIENT"
  }
  to {
    target = target.sqlite.record
    table  = "patient"
    key    = ["patient_id"]
  }

  field "patient_id" {
    from    = "PAT_ID"
    purpose = ["direct_care"]
  }
  field "nhs_number" {
    cel     = "nhs.normalise(src.NHS_NO)"
    type    = string(10)
    expect  = "nhs.valid(out)"
    purpose = ["direct_care"]
  }
  field "nhs_number_status" {
    from   = "NHS_STATUS"
    type   = string(2)
    expect = "nhs.valid_status(out)"
  }
  field "family_name" {
    from    = "SURNAME"
    purpose = ["direct_care"]
  }
  field "given_name" {
    from    = "FORENAME"
    purpose = ["direct_care"]
  }
  field "born" {
    from    = "BORN"
    purpose = ["direct_care"]
  }
  field "sex" {
    cel     = "lookup.sex[src.SEX]"
    purpose = ["direct_care"]
  }
  field "postcode_district" {
    cel     = "mask.postcode_district(src.POSTCODE)"
    purpose = ["direct_care"]
  }

  filter "erased" {
    kind   = "erasure"
    lookup = lookup.erased
    key    = "string(src.PAT_ID)"
    as_of  = var.lists_as_of
  }
  filter "restricted" {
    kind   = "restriction"
    lookup = lookup.restricted
    key    = "string(src.PAT_ID)"
    as_of  = var.lists_as_of
  }
  filter "objected" {
    kind   = "objection"
    lookup = lookup.objected
    key    = "string(src.PAT_ID)"
    as_of  = var.lists_as_of
  }
  filter "test_patients" {
    kind   = "synthetic"
    lookup = lookup.test_patients
    key    = "string(src.PAT_ID)"
    as_of  = var.lists_as_of
  }
  check "everybody_is_traced_or_known_not_to_be" {
    expect = "agg.count_if(out.nhs_number_status == '01') * 10 >= agg.count() * 8"
  }
  reconcile { columns = "*" }
}

mapping "episode" {
  from {
    source = source.sqlite.pas
    table  = "EPISODE"
  }
  to {
    target = target.sqlite.record
    table  = "episode"
    key    = ["episode_id"]
  }

  field "episode_id" { from = "EPI_ID" }
  field "patient_id" {
    from    = "PAT_ID"
    purpose = ["direct_care"]
  }
  field "started" {
    from    = "STARTED"
    purpose = ["direct_care"]
  }
  field "diagnosis" {
    from        = "DIAGNOSIS"
    type        = string(7)
    expect      = "icd10.valid(out)"
    purpose     = ["direct_care"]
    meaning_map = "ICD10-5TH-UK"
    terminology = { system = "icd10", version = "5th edition", map = "identity, MAP-ICD10-1", unmapped = "quarantine" }
  }
  field "weight_kg" {
    from        = "WEIGHT_KG"
    unit        = "kg"
    purpose     = ["direct_care"]
    meaning_map = "none: a quantity"
  }
  field "clinician" { from = "CLINICIAN" }

  filter "erased" {
    kind   = "erasure"
    lookup = lookup.erased
    key    = "string(src.PAT_ID)"
    as_of  = var.lists_as_of
  }
  filter "restricted" {
    kind   = "restriction"
    lookup = lookup.restricted
    key    = "string(src.PAT_ID)"
    as_of  = var.lists_as_of
  }
  filter "objected" {
    kind   = "objection"
    lookup = lookup.objected
    key    = "string(src.PAT_ID)"
    as_of  = var.lists_as_of
  }
  filter "test_patients" {
    kind   = "synthetic"
    lookup = lookup.test_patients
    key    = "string(src.PAT_ID)"
    as_of  = var.lists_as_of
  }
  reconcile { columns = "*" }
}

mapping "payment" {
  from {
    source = source.sqlite.pas
    table  = "PAYMENT"
  }
  to {
    target = target.sqlite.record
    table  = "payment"
    key    = ["payment_id"]
  }

  field "payment_id" { from = "PAY_ID" }
  field "patient_id" {
    from          = "PAT_ID"
    justification = "A charge is for an episode of care of this patient, and refunds go to the same person."
  }
  field "amount" { from = "AMOUNT" }
  field "currency" { from = "CURRENCY" }
  field "posted_on" { from = "POSTED_ON" }
  field "card_token" {
    cel           = "pseudonym.hmac('cards', src.PAN)"
    justification = "Refunds have to go to the card that paid; the token finds it at the payment provider."
  }
  field "card_expiry" {
    from          = "EXPIRY"
    justification = "A refund to a card that has expired is paid by bank transfer."
  }

  filter "erased" {
    kind   = "erasure"
    lookup = lookup.erased
    key    = "string(src.PAT_ID)"
    as_of  = var.lists_as_of
  }
  filter "restricted" {
    kind   = "restriction"
    lookup = lookup.restricted
    key    = "string(src.PAT_ID)"
    as_of  = var.lists_as_of
  }
  filter "objected" {
    kind   = "objection"
    lookup = lookup.objected
    key    = "string(src.PAT_ID)"
    as_of  = var.lists_as_of
  }
  filter "test_patients" {
    kind   = "synthetic"
    lookup = lookup.test_patients
    key    = "string(src.PAT_ID)"
    as_of  = var.lists_as_of
  }
  control "money" {
    sum       = ["amount"]
    by        = ["currency"]
    tolerance = "0"
  }
  reconcile { columns = "*" }
}

output "patients" { value = mapping.patient.rows }
