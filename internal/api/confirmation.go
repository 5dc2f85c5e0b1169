package api

import "strings"

// Confirmation is what somebody typed to say that he means it: the name of what
// goes. A zero one asks nobody, and is for programs, which have said so by calling.
type Confirmation struct {
	asked bool
	typed string
}

// Confirm is the confirmation of a person who typed that.
func Confirm(typed string) Confirmation { return Confirmation{asked: true, typed: typed} }

// Refuse is Invalid at "confirm", in the words of key, if somebody was asked and
// typed another name.
func (c Confirmation) Refuse(name, key string) error {
	if !c.asked || strings.TrimSpace(c.typed) == name {
		return nil
	}
	return Refuse([]Problem{{Path: "confirm", Message: M(key, "name", name)}})
}
