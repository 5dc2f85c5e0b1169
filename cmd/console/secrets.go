package main

import (
	"context"
	"fmt"

	"switchboard/internal/api/keyring"
)

// rotateSecrets makes a new key and seals everything with it. The old keys stay
// in the file: backups and rows written meanwhile need them.
func (p *program) rotateSecrets(ctx context.Context, args []string) error {
	flags := newFlags()
	w := whereFlags(flags)
	if _, err := p.parse(flags, args); err != nil {
		return err
	}
	if _, err := p.loadKeys(w); err != nil {
		return err
	}
	if p.getenv(envKeys) == "" {
		if err := keyring.Rotate(w.data); err != nil {
			return fmt.Errorf("keys of the secrets: %w", err)
		}
	}
	all, err := p.openUsed(ctx, w)
	if err != nil {
		return err
	}
	defer all.close()
	sealed := 0
	for _, reseal := range resealers(all) {
		n, err := reseal(ctx)
		if err != nil {
			return err
		}
		sealed += n
	}
	_, err = fmt.Fprintf(p.stdout, "sealed with the new key: %d\n", sealed)
	return err
}
