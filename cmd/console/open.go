package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/store"
)

// envKeys holds the keys of the secrets, in the form of the key file; without
// it they are in the data folder.
const envKeys = envPrefix + "KEYS"

// databaseFile is SQLite's database in the data folder.
const databaseFile = "switchboard.db"

// where says where everything is kept.
type where struct {
	data, database, region string
	said                   string // region, if somebody said it
}

// whereFlags adds the flags that all commands have in common.
func whereFlags(flags *flag.FlagSet) *where {
	w := &where{region: "local-1"}
	flags.StringVar(&w.data, "data", "./data", "")
	flags.StringVar(&w.database, "database", "", "")
	flags.Func("region", "", func(name string) error {
		if !identity.ValidProjectName(name) {
			return errors.New("use letters, digits, hyphens and underscores, such as cn-north-4")
		}
		w.region, w.said = name, name
		return nil
	})
	return w
}

// parts are what the commands are made of.
type parts struct {
	DB       *store.DB
	Keys     *keyring.Ring
	Identity *identity.Service
	Region   string
	Version  string
}

// close closes the database. What was written has been committed before.
func (all *parts) close() { _ = all.DB.Close() }

// open opens the data folder, the keys and the database; the caller closes.
func (p *program) open(ctx context.Context, w *where) (*parts, error) {
	url, err := w.url()
	if err != nil {
		return nil, err
	}
	keys, err := p.loadKeys(w)
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	all := &parts{DB: db, Keys: keys, Identity: identity.New(db, keys), Region: w.region, Version: buildVersion()}
	if err := all.Identity.ProveKeys(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return all, nil
}

// openUsed is open for the commands beside the server: they make the account
// only if the server never did, because they may not know its region.
func (p *program) openUsed(ctx context.Context, w *where) (*parts, error) {
	all, err := p.open(ctx, w)
	if err != nil {
		return nil, err
	}
	_, err = all.Identity.Account(ctx)
	if api.CodeOf(err) == api.NotFound {
		_, err = all.Identity.EnsureFirst(ctx, w.region)
	}
	if err != nil {
		return nil, errors.Join(err, all.DB.Close())
	}
	return all, nil
}

// loadKeys makes the data folder, if it is not there, and reads the keys.
func (p *program) loadKeys(w *where) (*keyring.Ring, error) {
	if err := os.MkdirAll(w.data, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	keys, err := keyring.Load(w.data, p.getenv(envKeys))
	if err != nil {
		return nil, fmt.Errorf("keys of the secrets: %w", err)
	}
	return keys, nil
}

// url is the address of the database. It may hold a password, so that no error
// repeats it.
func (w *where) url() (string, error) {
	switch {
	case w.database == "":
		return filepath.Join(w.data, databaseFile), nil
	case strings.HasPrefix(w.database, "postgres://"), strings.HasPrefix(w.database, "postgresql://"):
		return w.database, nil
	default:
		return "", errors.New("--database must be a PostgreSQL URL: postgres://user:password@host:port/name" +
			" (without it the data is in a SQLite file in the data folder)")
	}
}

// actor is the person at the command line, as the system calls that person: whoever
// has the database may do everything in it.
func (p *program) actor() api.Actor {
	return api.Actor{User: cmp.Or(p.getenv("USER"), "console"), Way: api.WayConsole, Role: api.RoleAdministrator}
}
