package main

import (
	"flag"
	"fmt"
	"io"
	"strings"
)

// envPrefix stands before a flag's name in the environment.
const envPrefix = "SWITCHBOARD_"

// newFlags makes an empty set of flags that prints nothing by itself.
func newFlags() *flag.FlagSet {
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	return flags
}

// parse reads the flags from the environment, then from the arguments, and
// returns the arguments that are no flags, one for each name wanted. Flags may
// stand before or after them; after "--" there are no more flags.
func (p *program) parse(flags *flag.FlagSet, args []string, wanted ...string) ([]string, error) {
	if err := p.setFromEnvironment(flags); err != nil {
		return nil, err
	}
	var rest []string
	for len(args) > 0 {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		parsed := len(args) - flags.NArg()
		if parsed > 0 && args[parsed-1] == "--" {
			rest = append(rest, flags.Args()...)
			break
		}
		if args = flags.Args(); len(args) > 0 {
			rest, args = append(rest, args[0]), args[1:]
		}
	}
	switch {
	case len(rest) < len(wanted):
		return nil, fmt.Errorf("%s is missing (console help shows how to say it)", wanted[len(rest)])
	case len(rest) > len(wanted):
		return nil, fmt.Errorf("%q is one argument too many (console help shows what is expected)", rest[len(wanted)])
	}
	return rest, nil
}

func (p *program) setFromEnvironment(flags *flag.FlagSet) error {
	var err error
	flags.VisitAll(func(f *flag.Flag) {
		name := envPrefix + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		if value := p.getenv(name); value != "" && err == nil {
			if cause := flags.Set(f.Name, value); cause != nil {
				err = fmt.Errorf("invalid value %q for %s: %w", value, name, cause)
			}
		}
	})
	return err
}

// oneOf is the value of a flag that must be one of several words.
func oneOf(target *string, words ...string) func(string) error {
	return func(value string) error {
		for _, word := range words {
			if value == word {
				*target = value
				return nil
			}
		}
		return fmt.Errorf("it must be %s", strings.Join(words, " or "))
	}
}
