// Package migrateiq is migration as code for data: HCL says which rows should be where and in what shape; the program
// compares that with what it did before, prints a plan, asks the policies, moves the rows exactly once and proves that
// they arrived. The program is in cmd/migrateiq; docs/ARCHITECTURE.md is the map of the packages.
package migrateiq
