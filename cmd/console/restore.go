package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/store"
)

// restore puts a backup into a database, all of it or nothing.
func (p *program) restore(ctx context.Context, args []string) error {
	flags := newFlags()
	w := whereFlags(flags)
	force := flags.Bool("force", false, "")
	names, err := p.parse(flags, args, "FILE")
	if err != nil {
		return err
	}
	url, err := w.url()
	if err != nil {
		return err
	}
	f, err := p.opened(names[0])
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	backup, err := store.ReadBackup(f)
	if err != nil {
		return fmt.Errorf("%s: %w", names[0], err)
	}
	if err := p.haveKeys(w, backup.Header); err != nil {
		return err
	}
	restored, replaced, err := backup.Restore(ctx, url, *force)
	if full, ok := errors.AsType[*store.NotEmptyError](err); ok {
		return fmt.Errorf("there is a console in this database already, with %s: --force replaces all of it", inventory(full.Rows))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", names[0], err)
	}
	return p.settleIn(ctx, w, restored, replaced)
}

// haveKeys makes sure that what is sealed in a backup could be opened here.
func (p *program) haveKeys(w *where, h store.Header) error {
	path := filepath.Join(w.data, keyring.FileName)
	if _, err := os.Stat(path); p.getenv(envKeys) == "" && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no key file: put the one with the key %s at %s, or set %s", keyOf(h), path, envKeys)
	}
	keys, err := p.loadKeys(w)
	if err != nil {
		return err
	}
	if identity.Prove(keys, h.Proof) != nil {
		return fmt.Errorf("the secrets in the backup were sealed with the key %s, which is not among the keys here (%s or %s)", keyOf(h), path, envKeys)
	}
	return nil
}

// settleIn brings the schema up to date, notes what happened, and says it.
func (p *program) settleIn(ctx context.Context, w *where, restored store.Taken, replaced map[string]int64) error {
	all, err := p.open(ctx, w)
	if err != nil {
		return err
	}
	defer all.close()
	err = all.DB.RecordRestore(ctx, api.Scope{Actor: p.actor()}, restored)
	if err != nil {
		return err
	}
	if replaced["accounts"] > 0 {
		fmt.Fprintf(p.stdout, "replaced: %s\n", inventory(replaced))
	}
	_, err = fmt.Fprintf(p.stdout, "restored: %s, as it was at %s (%d rows, sha256 %s)\n",
		inventory(restored.Rows), restored.Taken.Format("2006-01-02 15:04:05 UTC"), restored.Total(), restored.SHA256)
	return err
}

// inventory says in words what is in a database.
func inventory(rows map[string]int64) string {
	return fmt.Sprintf("%d projects, %d users, %d links, %d connections, %d aliases, %d whitelist entries, %d policies and %d audit entries",
		rows["projects"], rows["users"], rows["links"], rows["connections"], rows["aliases"], rows["permissions"], rows["policies"], rows["audit"])
}
