source "sqlite" "shop" {
  path        = "shop.db"
  region      = "uk-south"
  country     = "GB"
  environment = "test"
  table "people" {
    retention = { years = 8, trigger = "last_contact" }
    column "name" {
      classify    = ["personal.name"]
      reviewed_by = "dpo@example.org"
    }
    column "nhs" { classify = ["nhs_number"] }
  }
}
target "sqlite" "new" {
  path    = "new.db"
  country = "GB"
  at_rest = { level = "disk", key_custody = "kms" }
  table "person" {
    contract  = { version = 2 }
    retention = { years = 8, trigger = "last_contact" }
  }
}
governance {
  role       = "controller"
  frameworks = ["gdpr_uk"]
  controller = { name = "A hospital", dpo = "dpo@example.org" }
  processing {
    activity     = "care-record"
    purposes     = ["direct_care"]
    lawful_basis = { art6 = "e", art9 = "h" }
  }
}
mapping "person" {
  from {
    source = source.sqlite.shop
    table  = "people"
  }
  to {
    target = target.sqlite.new
    table  = "person"
    key    = ["id"]
  }
  field "id" { from = "id" }
  field "name" {
    from    = "name"
    purpose = ["direct_care"]
  }
  field "nhs" {
    cel           = "mask.last4(src.nhs)"
    classify      = ["personal.identifier"]
    justification = "last four digits"
  }
  governance {
    clinical { hazard_log = "HL-7" }
  }
}
