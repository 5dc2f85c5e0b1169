package main

import (
	"flag"
	"net/url"
	"runtime"
	"slices"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/handlers"
)

// recorded is the value of a flag that remembers what it was set to.
type recorded struct {
	flag.Value

	text string
	set  bool
}

// Set implements flag.Value.
func (r *recorded) Set(text string) error {
	if err := r.Value.Set(text); err != nil {
		return err
	}
	r.text, r.set = text, true
	return nil
}

// IsBoolFlag tells the flag package that a flag needs no value.
func (r *recorded) IsBoolFlag() bool {
	b, ok := r.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

// record has the flags remember what they are set to from now on.
func record(flags *flag.FlagSet) {
	flags.VisitAll(func(f *flag.Flag) { f.Value = &recorded{Value: f.Value} })
}

// effective is what the flags say, for administrators: no secret is in it.
func effective(flags *flag.FlagSet) (all []handlers.Setting) {
	flags.VisitAll(func(f *flag.Flag) {
		s := handlers.Setting{Name: f.Name, Value: f.DefValue}
		if r, ok := f.Value.(*recorded); ok && r.set {
			s.Value, s.Set = r.text, true
		}
		if secretFlag(f.Name) {
			s.Value, s.Hidden = "", s.Set
		}
		s.Value = withoutUserinfo(s.Value)
		all = append(all, s)
	})
	return all
}

// secretFlag reports whether a flag's value is for nobody to see.
func secretFlag(name string) bool {
	return slices.ContainsFunc(strings.Split(name, "-"), func(word string) bool {
		return slices.Contains([]string{"secret", "password", "token", "key", "keys"}, word)
	})
}

// withoutUserinfo is a URL without what may hold a password: the user's and what
// follows the path. Other texts are as they are.
func withoutUserinfo(text string) string {
	if !strings.Contains(text, "://") {
		return text
	}
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// about is what administrators see of the server.
func (s *served) about(a api.Actor) (handlers.Installation, error) {
	if err := api.Allow(a, api.RoleAdministrator); err != nil {
		return handlers.Installation{}, err
	}
	return handlers.Installation{
		Version: s.Version, Go: runtime.Version(), Began: s.Metrics.began, Database: s.DB.Kind(),
		Keys: s.Keys.IDs(), Settings: s.Settings,
	}, nil
}
