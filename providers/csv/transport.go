package csv

import "github.com/novumsolvo/migrateiq/providers"

var _ providers.Carried = (*Config)(nil)

// Transport is none: files are read and written where the program runs.
func (c *Config) Transport() providers.Transport { return providers.Transport{Local: true} }
