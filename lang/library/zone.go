package library

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // zones are known on machines that have no data of their own

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

var (
	errZone = errors.New("the time zone is not known; expected a name such as Europe/London or UTC")
	errGap  = errors.New("the zone's clocks skipped this time; at_zone(zone, 'earlier') or 'later' says which instant is meant")
	errFold = errors.New("the zone's clocks showed this time twice; at_zone(zone, 'earlier') or 'later' says which instant is meant")
	errRule = errors.New("the rule of at_zone is not one of earlier, later, error")
)

func zoneFunctions() []Function {
	datetime, zone := DatetimeType(), cel.StringType
	return []Function{
		{Name: "at_zone", Signature: "datetime.at_zone(zone string [, 'earlier' | 'later' | 'error']) -> timestamp",
			Doc: "The instant at which the zone's clocks show this time. A time that they skipped or showed twice is an error unless a rule says " +
				"which instant is meant: a skipped time is read with the offset after the change (earlier) or before it (later).",
			Example: "string(datetime('2020-07-01 12:00:00').at_zone('Europe/London'))", Result: "2020-07-01T11:00:00Z",
			overloads: []cel.FunctionOpt{
				cel.MemberOverload("datetime_at_zone", []*cel.Type{datetime, zone}, cel.TimestampType,
					cel.BinaryBinding(on2(func(d Datetime, z types.String) (ref.Val, error) { return atZone(d, string(z), "error") }))),
				cel.MemberOverload("datetime_at_zone_rule", []*cel.Type{datetime, zone, cel.StringType}, cel.TimestampType,
					cel.FunctionBinding(func(args ...ref.Val) ref.Val {
						rule, ok := args[2].(types.String)
						if !ok {
							return types.MaybeNoSuchOverloadErr(args[2])
						}
						return on2(func(d Datetime, z types.String) (ref.Val, error) { return atZone(d, string(z), string(rule)) })(args[0], args[1])
					})),
			}},
		{Name: "in_zone", Signature: "timestamp.in_zone(zone string) -> datetime",
			Doc:     "What the zone's clocks show at the instant.",
			Example: "string(timestamp('2020-07-01T11:00:00Z').in_zone('Europe/London'))", Result: "2020-07-01 12:00:00",
			overloads: []cel.FunctionOpt{cel.MemberOverload("timestamp_in_zone", []*cel.Type{cel.TimestampType, zone}, datetime,
				cel.BinaryBinding(on2(func(t types.Timestamp, z types.String) (ref.Val, error) {
					loc, err := location(string(z))
					if err != nil {
						return nil, err
					}
					_, offset := t.In(loc).Zone()
					return Datetime{t.Unix() + int64(offset), int64(t.Nanosecond())}, nil
				})))}},
	}
}

// location refuses the names that mean another zone on another machine.
func location(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, errZone
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, errZone
	}
	return loc, nil
}

func atZone(d Datetime, zone, rule string) (ref.Val, error) {
	if rule != "earlier" && rule != "later" && rule != "error" {
		return nil, errRule
	}
	loc, err := location(zone)
	if err != nil {
		return nil, err
	}
	if d.Infinite() {
		return nil, errors.New("an infinite datetime has no instant")
	}
	offsets := offsetsAround(d.seconds, loc)
	var found []int64
	for _, o := range offsets {
		if u := d.seconds - o; offsetAt(u, loc) == o {
			found = append(found, u)
		}
	}
	slices.Sort(found)
	found = slices.Compact(found)
	failure := errFold
	if len(found) == 0 { // skipped: read with each of the offsets around the change
		failure = errGap
		for _, o := range offsets {
			found = append(found, d.seconds-o)
		}
		slices.Sort(found)
	}
	at := found[0]
	switch {
	case len(found) > 1 && rule == "error":
		return nil, failure
	case rule == "later":
		at = found[len(found)-1]
	}
	return types.Timestamp{Time: time.Unix(at, d.nanos).UTC()}, nil
}

func offsetAt(unix int64, loc *time.Location) int64 {
	_, offset := time.Unix(unix, 0).In(loc).Zone()
	return int64(offset)
}

// offsetsAround are the offsets in force on either side of a change near a wall clock, or the only one.
func offsetsAround(local int64, loc *time.Location) []int64 {
	first, last := local-daySeconds*3/2, local+daySeconds*3/2
	all := []int64{offsetAt(first, loc)}
	for at := first; ; {
		_, end := time.Unix(at, 0).In(loc).ZoneBounds()
		if end.IsZero() || end.Unix() > last || end.Unix() <= at {
			return all
		}
		at = end.Unix()
		if o := offsetAt(at, loc); !slices.Contains(all, o) {
			all = append(all, o)
		}
	}
}

// ZoneVersion is a digest of the rules of a zone as this machine knows them: it changes when the zone's past or announced
// offsets do, and then the fields that use the zone are mapped again.
func ZoneVersion(name string) (string, error) {
	loc, err := location(name)
	if err != nil {
		return "", err
	}
	const from, until = -8520336000, 4102444800 // the years 1700 to 2100
	var rules strings.Builder
	for at := int64(from); at < until; {
		_, end := time.Unix(at, 0).In(loc).ZoneBounds()
		fmt.Fprintf(&rules, "%d %d\n", at, offsetAt(at, loc))
		if end.IsZero() || end.Unix() <= at {
			break
		}
		at = end.Unix()
	}
	sum := sha256.Sum256([]byte(rules.String()))
	return hex.EncodeToString(sum[:6]), nil
}
