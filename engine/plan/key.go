package plan

// Key is a key of protecting functions. Print is made of the secret and does not reveal it: another secret, another
// print.
type Key struct {
	Name   string `json:"name"`
	Module string `json:"module,omitempty"` // the module instance it stands in
	Print  string `json:"id"`
}

// ID tells keys of one name in different modules apart.
func (k Key) ID() string {
	if k.Module == "" {
		return k.Name
	}
	return k.Module + "." + k.Name
}
