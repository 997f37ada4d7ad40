migrateiq {
  policy "gdpr" {
    mode   = "advisory"
    params = { max_days = 30 }
  }
  policy "ward" {
    source = "./rules" # want invalid-value "cannot be read"
  }
  policy "outside" {
    source = "../rules" # want invalid-value "no folder below this one"
  }
  policy "all" {
    source = "./" # want invalid-value "no folder below this one"
  }
  policy "board" {
    source = "./board.tar.gz" # want invalid-value "has to be signed"
  }
  policy "far" {
    source = "oci://example.org/rules" # want not-in-this-version "from another machine"
  }
  policy "signed" {
    signer = "keys/rules.pub" # want invalid-value "Only a bundle"
  }
  policy "nhs" {
    mode = "strict" # want invalid-value "It is one of"
  }
  policy "gdpr" {} # want duplicate-name "a policy "gdpr" already"
  policy "sox" {
    params = [1] # want invalid-value "takes an object"
  }
}

source "sqlite" "shop" {
  path        = "shop.db"
  environment = "production"                                   # want invalid-value "prod"
  country     = "UK of GB"                                     # want invalid-value "two capital letters"
  live_data   = "perhaps"                                      # want invalid-value "true or false"
  operator    = { third_party = true, contrct = "x" }          # want unknown-attribute "Did you mean "contract"?"
  at_rest     = { level = "disc" }                             # want invalid-value "Did you mean "disk"?"
  access      = { roles = ["a", "a"] }                         # want invalid-value "or one twice"
  clinical    = var.unknown                                    # want unknown-variable "unknown"
  table "people" {
    retention = { years = 8, days = 30 } # want conflicting-attributes "says the same"
    record_class = ""                    # want invalid-value "cannot be empty"
    oldest_record = "1999-02-31"         # want invalid-value "takes a day"
    column "A" { reviewed_by = "x" }
  }
}
target "sqlite" "new" {
  path        = "new.db"
  environment = "test"
  at_rest     = { level = "disk", key_custody = "kms", key_expires = "2027-01-31" }
}

key "people" {
  from      = secret("env://PEOPLE_KEY")
  custodian = "x"
  custody   = "cloud" # want invalid-value "It is one of"
  expires   = "soon" # want invalid-value "takes a day"
}
key "clear" {
  from = "0123456789" # want invalid-value "A key in clear"
}
key "odd" {
  from = secret("vault://x") # want invalid-secret "not known"
}
key "people" { # want duplicate-name "declared at"
  from = secret("env://OTHER")
}

governance {
  role          = "owner"                    # want invalid-value "is no value of"
  jurisdictions = ["uk", "fr"]               # want invalid-value "is no value of"
  frameworks    = ["nhs", "gdpr_uk"]
  jurisdiction  = ["uk"]                     # want unknown-attribute "Did you mean "jurisdictions"?"
  controller    = { name = "A hospital", public_authority = true }
  processing {
    purposes         = ["direct_care"]
    lawful_basis     = { art6 = "z" } # want invalid-value "is no value of "lawful_basis.art6""
    subject_estimate = -1             # want invalid-value "a whole number from 0"
    purpose          = "x"            # want unknown-attribute "Did you mean "purposes"?"
  }
  processing {} # want duplicate-block "one block processing"
  dpia "x" {}   # want wrong-labels "takes 0"
  backup {
    taken_at = "2026-11-20" # want invalid-value "takes a moment"
  }
  transfer "a" {
    from      = source.sqlite.shop
    to        = source.sqlite.shop # want invalid-reference "the address of a target"
    mechanism = "adequacy"
  }
  transfer "a" {} # want duplicate-name "stands at line"
  transfer {}     # want wrong-labels "write transfer "name" { }"
  anonymity { k = 5.5 } # want invalid-value "a whole number from 0"
  widget {}             # want unknown-block "It may hold"
}
governance {} # want duplicate-block "one block governance"

exemption "pilot" {
  rule         = "GDPR-11"
  address      = "target.sqlite.new"
  reason       = "x"
  ticket       = "IG-1"
  requested_by = "a"
  approved_by  = [{ id = "b", role = "boss", at = "2026-11-02" }] # want invalid-value "is no value of "role""
  expires      = "2027-01-31"
}
exemption "empty" { # want missing-attribute "needs "expires""
  rule         = "GDPR-11"
  address      = "target.sqlite.new"
  reason       = "x"
  ticket       = "IG-1"
  requested_by = "a"
  approved_by  = [] # want invalid-value "Somebody has to agree"
}
exemption "parts" {
  rule         = "GDPR-11"
  address      = "target.sqlite.new"
  reason       = "x"
  ticket       = "IG-1"
  requested_by = "a"
  approved_by  = [{ id = "b", role = "dpo" }] # want invalid-value "An approver needs "at""
  expires      = "2027-13-31"                 # want invalid-value "takes a day"
}
exemption "odd" {
  rule         = "GDPR-11"
  address      = "target.sqlite.new"
  reason       = "x"
  ticket       = "IG-1"
  requested_by = "a"
  approved_by  = [{ ident = "b" }] # want invalid-value "has no "ident""
  expires      = "2027-01-31"
}

mapping "people" {
  from {
    source = source.sqlite.shop
    table  = "people"
  }
  to {
    target = target.sqlite.new
    table  = "people"
  }
  governance {
    processing { purposes = ["research"] }
  }
  governance {} # want duplicate-block "one block governance"
  field "a" {
    from        = "A"
    terminology = { system = "snomed", unmapped = "drop" } # want invalid-value "is no value of "terminology.unmapped""
    unit        = "mg"
  }
}
