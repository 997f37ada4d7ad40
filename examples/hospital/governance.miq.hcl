# Who answers for the data, on what basis, and how it is kept safe. A compliance officer can read this file alone.

governance {
  role          = "controller"
  jurisdictions = ["uk"]
  frameworks    = ["gdpr_uk", "nhs", "pci_dss", "sox"]
  profile       = "strict"
  controller    = { name = "Anytown Hospital", contact = "privacy@hospital.example", dpo = "dpo@hospital.example", public_authority = true }

  processing {
    activity            = "record-migration-2026"
    record              = "ROPA-118"
    purposes            = ["direct_care"]
    source_purposes     = ["direct_care"]
    lawful_basis        = { art6 = "e", art9 = "h", uk_dpa_sch1 = "Part 1, paragraph 2(2)(d)", common_law = "direct_care", professional_secrecy = true }
    data_subjects       = ["patients"]
    subject_estimate    = 8
    recipients          = ["clinical staff", "patient finance office"]
    notice              = "PN-12"
    automated_decisions = false
    new_technology      = false
  }
  dpia {
    ref           = "DPIA-2026-09"
    status        = "approved"
    approved_at   = "2026-09-14"
    expires       = "2027-09-14"
    residual_risk = "medium"
    covers        = ["record-migration-2026"]
  }
  clinical {
    hazard_log                = "HL-2026-3"
    open_unacceptable_hazards = 0
    case_report               = "CSCR-migrateiq"
    case_report_version       = "2.1"
    case_report_engine        = "0.1.0"
    officer                   = { id = "cso@hospital.example", registration = "GMC 0000000" }
    dcb0160                   = "DCB0160-2026-3"
    approach                  = "MIG-APPROACH-1"
    exclusions                = ["card verification codes", "full postcodes"]
  }
  anonymity {
    claim   = "none"
    release = "internal"
  }
  audit {
    enabled           = true
    sink              = "siem.anytown"
    immutable         = true
    hash_chain        = { alg = "sha256", anchor = "ticket" }
    fields            = ["user", "event_type", "time", "outcome", "origin", "resource"]
    retention_days    = 2922
    online_days       = 365
    pii_in_logs       = "none"
    clock             = "ntp.hospital.example"
    access_restricted = true
    evidence_sink     = "archive.anytown"
    notifications_pan = "none"
  }
}

# No search of values for card numbers is made, neither before the run nor in it, so PCI-25 cannot be decided.
exemption "card_numbers_not_searched" {
  rule         = "PCI-25"
  address      = "plan"
  reason       = "Values are searched by the security team's own tool on both systems, SCAN-2026-11; every column was classified by hand."
  ticket       = "SEC-118"
  requested_by = "engineer@hospital.example"
  approved_by  = [{ id = "dpo@hospital.example", role = "dpo", at = "2026-11-16" }]
  expires      = "2027-01-31"
}
