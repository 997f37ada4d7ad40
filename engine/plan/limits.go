package plan

import "fmt"

// Limits is how fast, with how many workers and when a mapping's rows are copied. Zero values are no limit.
type Limits struct {
	RowsPerSecond int64   `json:"rows_per_second,omitempty"`
	Parallel      int     `json:"parallel,omitempty"`
	Window        *Window `json:"window,omitempty"`
}

// Window is a time of the day by the clocks of a zone. One whose end is not after its begin goes over midnight.
type Window struct {
	From  string `json:"from"` // 22:00
	Until string `json:"until"`
	Zone  string `json:"zone"`
}

func (w Window) String() string { return fmt.Sprintf("%s-%s %s", w.From, w.Until, w.Zone) }
