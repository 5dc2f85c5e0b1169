package main

import (
	"flag"
	"fmt"
	"strconv"

	"switchboard/internal/api/probe"
)

// checkFlags are the flags that say how links are checked: what may be
// reached, and how many checks run at once.
func checkFlags(flags *flag.FlagSet) *probe.Options {
	o := &probe.Options{Concurrency: probe.DefaultConcurrency, PerProject: probe.DefaultPerProject}
	flags.Func("egress-allow", "", ruleList(&o.Policy.Allow))
	flags.Func("egress-deny", "", ruleList(&o.Policy.Deny))
	flags.Func("checks", "", positive(&o.Concurrency))
	flags.Func("checks-per-project", "", positive(&o.PerProject))
	return o
}

// ruleList is the value of a flag that lists rules.
func ruleList(target *[]probe.Rule) func(string) error {
	return func(text string) (err error) {
		*target, err = probe.ParseRules(text)
		return err
	}
}

// positive is the value of a flag that counts something.
func positive(target *int) func(string) error {
	return func(text string) error {
		n, err := strconv.ParseUint(text, 10, 15)
		if err != nil || n == 0 {
			return fmt.Errorf("it must be a number from 1 to %d", 1<<15-1)
		}
		*target = int(n)
		return nil
	}
}
