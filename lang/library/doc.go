// Package library is what CEL sees beyond its own values: exact decimals, dates, times, wall clocks and intervals, and the
// functions over them. Nothing in it knows the clock, chance or the outside world, and no error quotes an argument.
package library

import (
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/traits"
)

const arithmetic = traits.AdderType | traits.SubtractorType | traits.MultiplierType | traits.DividerType |
	traits.NegatorType | traits.ComparerType

// The types are asked for at every step of an expression, so they are made once; nothing changes them.
var (
	decimalType  = types.NewOpaqueType("decimal").WithTraits(arithmetic)
	dateType     = types.NewOpaqueType("date").WithTraits(traits.ComparerType)
	timeType     = types.NewOpaqueType("time").WithTraits(traits.ComparerType)
	datetimeType = types.NewOpaqueType("datetime").WithTraits(traits.ComparerType)
	intervalType = types.NewOpaqueType("interval")
)

// DecimalType is the type of exact numbers.
func DecimalType() *cel.Type { return decimalType }

// DateType is the type of calendar days.
func DateType() *cel.Type { return dateType }

// TimeType is the type of times of day.
func TimeType() *cel.Type { return timeType }

// DatetimeType is the type of wall clocks: a day and a time of day without a zone.
func DatetimeType() *cel.Type { return datetimeType }

// IntervalType is the type of spans of months, days and seconds, which have no order.
func IntervalType() *cel.Type { return intervalType }
