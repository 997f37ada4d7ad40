package library_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"pgregory.net/rapid"

	"github.com/novumsolvo/migrateiq/lang/library"
)

func decimals() *rapid.Generator[library.Decimal] {
	return rapid.Custom(func(t *rapid.T) library.Decimal {
		text := fmt.Sprintf("%d.%d", rapid.Int64().Draw(t, "whole"), rapid.Uint32().Draw(t, "fraction"))
		d, err := library.NewDecimal([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return d
	})
}

func TestDecimalArithmeticUndoesItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := decimals().Draw(t, "a"), decimals().Draw(t, "b")
		if got := a.Add(b).(library.Decimal).Subtract(b); a.Equal(got) != types.True {
			t.Errorf("%s + %s - %s: got %s", a, b, b, got.Value())
		}
		if b.Equal(library.DecimalOf(0)) == types.True {
			return
		}
		if got := a.Multiply(b).(library.Decimal).Divide(b); a.Equal(got) != types.True {
			t.Errorf("%s * %s / %s: got %v", a, b, b, got.Value())
		}
		if q, ok := a.Divide(b).(library.Decimal); ok && a.Equal(q.Multiply(b)) != types.True {
			t.Errorf("%s / %s: got %s", a, b, q)
		}
	})
}

func TestDecimalsReadTheTextTheyWrite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := decimals().Draw(t, "a")
		b, err := library.NewDecimal(a.Append(nil))
		if err != nil || b.String() != a.String() {
			t.Errorf("got %s, %v, want %s", b, err, a)
		}
	})
}

func TestDatesAreThoseOfTheCalendar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(-719162, 2932896).Draw(t, "days") // the years 1 to 9999
		want := time.Unix(n*86400, 0).UTC().Format("2006-01-02")
		if got := library.Date(n).String(); got != want {
			t.Errorf("day %d: got %s, want %s", n, got, want)
		}
	})
}

func TestTicksComeBackAsTheyWere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.SampledFrom([]int64{1e6, 1e7, 1e9}).Draw(t, "unit")
		n := rapid.Int64().Draw(t, "ticks")
		limit := int64(1e18)
		n %= limit
		if got, ok := library.NewDatetime(n, unit).Ticks(unit); !ok || got != n {
			t.Errorf("datetime of %d in %d: got %d, %v", n, unit, got, ok)
		}
		instant, _ := library.NewInstant(n, unit)
		if got, ok := library.InstantTicks(instant, unit); !ok || got != n {
			t.Errorf("instant of %d in %d: got %d, %v", n, unit, got, ok)
		}
		clock := max(n, -n) % (86400 * unit)
		if got, ok := library.NewTime(clock, unit).Ticks(unit); !ok || got != clock {
			t.Errorf("time of %d in %d: got %d, %v", clock, unit, got, ok)
		}
	})
}

func TestDigitsThatDoNotFitAreSaid(t *testing.T) {
	if _, ok := library.NewDatetime(1, 1e9).Ticks(1e6); ok {
		t.Error("a nanosecond fits into microseconds")
	}
	if _, ok := library.NewTime(1, 1e9).Ticks(1e6); ok {
		t.Error("a nanosecond fits into microseconds")
	}
	if _, ok := library.NewInstant(9223372036854775807, 1e6); ok {
		t.Error("an infinite instant has a value")
	}
}

func TestValuesAreNotEqualToThoseOfOtherTypes(t *testing.T) {
	span, err := library.NewInterval([]byte("P0M0DT0S"))
	if err != nil {
		t.Fatal(err)
	}
	all := []ref.Val{library.DecimalOf(0), library.Date(0), library.NewTime(0, 1), library.NewDatetime(0, 1), span, types.String(""), types.NullValue}
	for i, a := range all[:5] {
		for j, b := range all {
			if got, want := a.Equal(b), types.Bool(i == j); got != want {
				t.Errorf("%s == %s: got %v, want %v", a.Type().TypeName(), b.Type().TypeName(), got, want)
			}
		}
	}
}

func TestIntervalsReadTheTextTheyWrite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := library.Interval{Months: int64(rapid.Int32().Draw(t, "months")), Days: int64(rapid.Int32().Draw(t, "days")),
			Micros: rapid.Int64Range(-1e17, 1e17).Draw(t, "micros")}
		got, err := library.NewInterval([]byte(want.String()))
		if err != nil || got != want {
			t.Errorf("%s: got %+v, %v", want, got, err)
		}
	})
}
