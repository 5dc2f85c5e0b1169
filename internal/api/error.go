package api

import (
	"errors"
	"fmt"
	"strings"
)

// Code classes an error by what the caller can do about it. Each front
// translates codes into its own numbers in one table.
type Code string

// The codes.
const (
	Invalid      Code = "invalid"      // the input is wrong; Problems say where
	CheckFailed  Code = "check_failed" // the input is well formed, but the system behind it said no; Check says why
	Unauthorised Code = "unauthorised" // nobody is signed in, or the credential is wrong
	Forbidden    Code = "forbidden"    // signed in, but not allowed
	NotFound     Code = "not_found"
	Conflict     Code = "conflict" // somebody else changed it first, or the name is taken
	Limit        Code = "limit"    // too many or too fast
	Unavailable  Code = "unavailable"
	Internal     Code = "internal" // a bug or a broken machine: logged, never shown
)

// Error is the one error type of the domain. An error that is not an *Error is
// treated as Internal.
type Error struct {
	Code     Code
	Message  Message
	Problems []Problem // one for each field that is wrong, in form order
	Check    *Check    // with CheckFailed: what was tried and how far it got
}

// Problem is something wrong with one field. Path is the field's path, the
// same string that names the input in a form ("linkConfig.host"); an empty path
// is the form as a whole.
type Problem struct {
	Path    string  `json:"path"`
	Message Message `json:"message"`
}

// Error describes e for logs, in keys; people are shown translations.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Code, e.Message.Key)
	for _, p := range e.Problems {
		fmt.Fprintf(&b, "; %s: %s", p.Path, p.Message.Key)
	}
	return b.String()
}

// Errorf makes an Error from a code, a message key and its arguments.
func Errorf(code Code, key string, args ...any) *Error {
	return &Error{Code: code, Message: M(key, args...)}
}

// Refuse makes an Invalid error out of problems, or nil if there are none.
func Refuse(problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	return &Error{Code: Invalid, Message: M("error.invalid"), Problems: problems}
}

// CodeOf returns the code of err: Internal for anything that is not an *Error,
// and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}
