package schema

// Widens reports whether every value of t is one of o in the same form, so that nothing has to be proved of the values.
func (t Type) Widens(o Type) bool {
	if t.Native != "" || o.Native != "" || t.Base != "" || o.Base != "" {
		return t.Equal(o)
	}
	switch {
	case t.IsInteger() && o.IsInteger():
		return t.bits() <= o.bits()
	case t.Kind != o.Kind:
		return false
	case t.Kind == String:
		return o.Length == 0 || t.Length > 0 && t.Length <= o.Length
	case t.Kind == Decimal:
		return o.Precision == 0 || t.Precision > 0 && t.Scale == o.Scale && t.Precision <= o.Precision
	case t.Kind == Time || t.Kind == Timestamp || t.Kind == TimestampTZ:
		return t.Precision <= o.Precision
	}
	return t.Equal(o)
}

func (t Type) bits() int { return map[Kind]int{Int16: 16, Int32: 32, Int64: 64}[t.Kind] }
