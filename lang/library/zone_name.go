package library

import "time"

// Zone finds a time zone by its name, such as Europe/London. Names that mean another zone on another machine are none.
func Zone(name string) (*time.Location, error) { return location(name) }
