package embedded

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/keyring"
	"switchboard/internal/api/store"
)

// Bounds of a hook, in characters.
const (
	minHookSecret = 24
	maxHookSecret = 500
)

// hookRow is a project's hook as it is stored.
type hookRow struct {
	bun.BaseModel `bun:"table:hooks"`

	ProjectID   string `bun:"project_id,pk"`
	Destination string // scheme, host and port
	Enabled     bool
	Sealed      string
	Version     int64
	UpdatedAt   int64
	UpdatedBy   string
	LastAt      int64
	LastStatus  int
	LastError   string
	NextAt      int64
	Tries       int
}

// sealedHook is what of a hook is sealed. Path and query of an address are often
// all that a receiver asks for.
type sealedHook struct {
	URL    string `json:"url"`
	Secret string `json:"secret"`
}

// place binds what is sealed to its project.
func (r *hookRow) place() string { return "hook/" + r.ProjectID }

func (r *hookRow) seal(keys *keyring.Ring, h sealedHook) {
	r.Destination, r.Sealed = api.HookDestination(h.URL), keys.Seal(r.place(), encode(h))
}

func (r *hookRow) open(keys *keyring.Ring) (h sealedHook, err error) {
	text, err := keys.Open(r.place(), r.Sealed)
	if err == nil {
		decode(text, &h)
	}
	return h, err
}

func (r *hookRow) hook(sealed sealedHook) api.Hook {
	h := api.Hook{
		URL: sealed.URL, Enabled: r.Enabled, Secret: sealed.Secret != "", Version: r.Version,
		Updated: api.Stamp{At: store.Time(r.UpdatedAt), By: r.UpdatedBy},
		LastAt:  store.Time(r.LastAt), LastStatus: r.LastStatus,
	}
	decode(r.LastError, &h.LastError)
	return h
}

// audited is the row for the audit log, with the mark of its address.
func (r *hookRow) audited(keys *keyring.Ring, url string, typed bool) api.AuditedHook {
	return api.AuditedHook{Destination: r.Destination, Enabled: r.Enabled, Mark: hookMark(keys, url), Typed: typed}
}

func hookMark(keys *keyring.Ring, url string) string {
	mac := hmac.New(sha256.New, keys.Derive("hook address", sha256.Size))
	_, _ = mac.Write([]byte(url))
	return hex.EncodeToString(mac.Sum(nil)[:8])
}

// hookOf returns a project's hook, or nil.
func hookOf(ctx context.Context, db bun.IDB, project string) (*hookRow, error) {
	var rows []hookRow
	err := db.NewSelect().Model(&rows).Where("project_id = ?", project).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// lockHook is hookOf for a transaction that changes the hook.
func lockHook(ctx context.Context, tx bun.Tx, project string) (*hookRow, error) {
	var rows []hookRow
	_, err := tx.NewUpdate().Model((*hookRow)(nil)).Set("version = version").
		Where("project_id = ?", project).Returning("*").Exec(ctx, &rows)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// Hook implements api.Health.
func (p *Plane) Hook(ctx context.Context, s api.Scope) (api.Hook, error) {
	row, err := hookOf(ctx, p.db.Read, s.Project)
	if err != nil || row == nil {
		return api.Hook{}, err
	}
	sealed, err := row.open(p.keys)
	return row.hook(sealed), err
}

// SetHook implements api.Health.
func (p *Plane) SetHook(ctx context.Context, s api.Scope, d api.HookDraft) error {
	d.URL = strings.TrimSpace(d.URL)
	return p.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		stored, err := lockHook(ctx, tx, s.Project)
		if err != nil {
			return err
		}
		if stored != nil && d.Version != 0 && d.Version != stored.Version {
			return api.Errorf(api.Conflict, "hook.changed", "by", stored.UpdatedBy)
		}
		if d.URL == "" {
			return p.removeHook(ctx, tx, s, stored)
		}
		var sealed sealedHook
		if stored != nil {
			if sealed, err = stored.open(p.keys); err != nil {
				return err
			}
		}
		if err := api.Refuse(hookProblems(d, sealed)); err != nil {
			return err
		}
		return p.storeHook(ctx, tx, s, d, stored, sealed)
	})
}

func (p *Plane) removeHook(ctx context.Context, tx bun.Tx, s api.Scope, stored *hookRow) error {
	if stored == nil {
		return nil
	}
	sealed, err := stored.open(p.keys)
	if err != nil {
		return err
	}
	if err := forget(ctx, tx, stored); err != nil {
		return err
	}
	if _, err := tx.NewDelete().Model(stored).WherePK().Exec(ctx); err != nil {
		return err
	}
	return store.Record(ctx, tx, s, store.Event{Action: "delete", Kind: api.KindHook, Name: stored.Destination, Before: stored.audited(p.keys, sealed.URL, false)})
}

func (p *Plane) storeHook(ctx context.Context, tx bun.Tx, s api.Scope, d api.HookDraft, stored *hookRow, before sealedHook) error {
	row, event := &hookRow{ProjectID: s.Project}, store.Event{Action: "create", Kind: api.KindHook, Name: api.HookDestination(d.URL)}
	if stored != nil {
		*row = *stored
		event.Action, event.Before = "update", stored.audited(p.keys, before.URL, false)
	}
	now := store.Micros(time.Now())
	row.seal(p.keys, sealedHook{URL: d.URL, Secret: cmp.Or(d.Secret.Reveal(), before.Secret)})
	row.Enabled, row.UpdatedAt, row.UpdatedBy = d.Enabled, now, s.Actor.User
	row.Version++
	if row.NextAt > 0 { // whatever was wrong may be mended
		row.NextAt, row.Tries = now, 0
	}
	if !d.Enabled {
		if err := forget(ctx, tx, row); err != nil {
			return err
		}
	}
	event.After = row.audited(p.keys, d.URL, !d.Secret.IsZero())
	_, err := tx.NewInsert().Model(row).On("CONFLICT (project_id) DO UPDATE").
		Set("destination = EXCLUDED.destination, enabled = EXCLUDED.enabled, sealed = EXCLUDED.sealed").
		Set("next_at = EXCLUDED.next_at, tries = EXCLUDED.tries").
		Set("version = EXCLUDED.version, updated_at = EXCLUDED.updated_at, updated_by = EXCLUDED.updated_by").Exec(ctx)
	if err != nil {
		return err
	}
	return store.Record(ctx, tx, s, event)
}

// hookProblems judges a hook. The secret is asked for again when it would sign
// for somebody else (S11).
func hookProblems(d api.HookDraft, stored sealedHook) []api.Problem {
	var problems []api.Problem
	if m := api.HookURLProblem(d.URL); !m.IsZero() {
		problems = append(problems, api.Problem{Path: "url", Message: m})
	}
	if m := hookSecretProblem(d, stored); !m.IsZero() {
		problems = append(problems, api.Problem{Path: "secret", Message: m})
	}
	return problems
}

func hookSecretProblem(d api.HookDraft, stored sealedHook) api.Message {
	text := d.Secret.Reveal()
	switch {
	case text == "" && stored.Secret == "":
		return api.M("hook.secret_required", "min", minHookSecret)
	case text == "" && api.HookDestination(d.URL) != api.HookDestination(stored.URL):
		return api.M("hook.secret_again")
	case text == "":
		return api.Message{}
	case utf8.RuneCountInString(text) < minHookSecret || utf8.RuneCountInString(text) > maxHookSecret:
		return api.M("hook.secret_length", "min", minHookSecret, "max", maxHookSecret)
	}
	if _, err := signingKey(d.Secret); err != nil {
		return api.M("hook.secret_form")
	}
	return api.Message{}
}

// signingKey is the key in a secret: its bytes or, of one in the form of
// Standard Webhooks, those that are written in base64 after the prefix.
func signingKey(secret api.Secret) ([]byte, error) {
	text, encoded := strings.CutPrefix(secret.Reveal(), "whsec_")
	if !encoded {
		return []byte(text), nil
	}
	return base64.StdEncoding.DecodeString(text)
}
