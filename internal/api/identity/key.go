package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// Lengths of an access key and its secret, as the cloud's (spec/iam.md §6).
const (
	accessLength = 20
	secretLength = 40
)

type keyRow struct {
	bun.BaseModel `bun:"table:access_keys,alias:k"`

	Access    string `bun:"access,pk"`
	UserID    string
	ProjectID string
	Sealed    string
	CreatedAt int64
	Name      string
	SeenAt    int64
}

// place is where the secret of an access key is sealed for.
func (r *keyRow) place() string { return "access_key/" + r.Access }

// CreateKey makes an access key of the user; if project is not nil, one that
// works in that project only. This is where the caller learns the secret. name is for
// people and may be empty. Limit at "name" if there are MaxKeys. For the user, and for
// administrators.
func (s *Service) CreateKey(ctx context.Context, actor api.Actor, user User, project *Project, name string) (AccessKey, error) {
	if err := allowOwn(actor, user.ID); err != nil {
		return AccessKey{}, err
	}
	if err := api.Refuse(judgeText("name", name, maxLabel)); err != nil {
		return AccessKey{}, err
	}
	key := AccessKey{
		Access: draw(accessLength, upperDigits), User: user,
		Secret: api.NewSecret(draw(secretLength, alphanumeric)),
	}
	if project != nil {
		key.Project = project.ID
	}
	row := keyRow{Access: key.Access, UserID: user.ID, ProjectID: key.Project, CreatedAt: store.Micros(s.now()), Name: name}
	row.Sealed = s.keys.Seal(row.place(), key.Secret.Reveal())
	err := s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := holdUser(ctx, tx, user.ID); err != nil {
			return err
		}
		there := tx.NewSelect().Model((*keyRow)(nil)).Where("user_id = ?", user.ID)
		if err := refuseFull(ctx, there, MaxKeys, "identity.keys_full"); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return err
		}
		return store.Record(ctx, tx, api.Scope{Project: key.Project, Actor: actor}, store.Event{
			Action: "create", Kind: kindKey, ID: key.Access, Name: key.Access,
			After: map[string]string{"access": key.Access, "name": name, "user": user.Name, "project": key.Project},
		})
	})
	if err != nil {
		return AccessKey{}, err
	}
	return key, nil
}

// refuseFull is Limit, at the field "name", if the query for what a person, who is locked,
// has already finds that many.
func refuseFull(ctx context.Context, there *bun.SelectQuery, bound int, key string) error {
	n, err := there.Count(ctx)
	if err != nil || int(n) < bound {
		return err
	}
	full := api.M(key, "max", bound)
	return &api.Error{Code: api.Limit, Message: full, Problems: []api.Problem{{Path: "name", Message: full}}}
}

// Key returns an access key with its secret, to verify a signature.
// Unauthorised if it is unknown or its user is disabled.
func (s *Service) Key(ctx context.Context, access string) (AccessKey, error) {
	unknown := api.Errorf(api.Unauthorised, "identity.key_unknown", "access", clip(access, 64))
	if !accessID.MatchString(access) {
		return AccessKey{}, unknown
	}
	var row struct {
		person
		ProjectID, Sealed string
		SeenAt            int64
	}
	q := withPerson(s.db.Read.NewSelect().TableExpr("access_keys AS k"), "k.user_id").ColumnExpr("k.project_id, k.sealed, k.seen_at")
	err := q.Where("k.access = ?", access).Scan(ctx, &row)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return AccessKey{}, unknown
	case err != nil:
		return AccessKey{}, err
	case row.Disabled:
		return AccessKey{}, errDisabled(row.person)
	}
	secret, err := s.keys.Open((&keyRow{Access: access}).place(), row.Sealed)
	if err != nil {
		return AccessKey{}, fmt.Errorf("access key %s: %w", access, err)
	}
	key := AccessKey{Access: access, Secret: api.NewSecret(secret), User: row.user(), Project: row.ProjectID}
	return key, s.seen(ctx, row.SeenAt, &keyRow{Access: access, SeenAt: store.Micros(s.now())})
}

// allowOwn refuses whoever is neither that user nor an administrator.
func allowOwn(actor api.Actor, userID string) error {
	if actor.UserID == userID {
		return nil
	}
	return api.Allow(actor, api.RoleAdministrator)
}

func errDisabled(p person) error {
	return api.Errorf(api.Unauthorised, "identity.user_disabled", "name", p.UserName)
}

// Reseal seals every access key and every second factor with the current key and
// returns how many it changed.
func (s *Service) Reseal(ctx context.Context) (int, error) {
	changed := 0
	err := s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := s.resealProof(ctx, tx); err != nil {
			return err
		}
		var rows []keyRow
		if err := tx.NewSelect().Model(&rows).Scan(ctx); err != nil {
			return err
		}
		for i := range rows {
			if s.keys.Current(rows[i].Sealed) {
				continue
			}
			if err := s.reseal(ctx, tx, &rows[i]); err != nil {
				return fmt.Errorf("access key %s: %w", rows[i].Access, err)
			}
			changed++
		}
		factors, err := s.resealFactors(ctx, tx)
		if changed += factors; err != nil || changed == 0 {
			return err
		}
		return record(ctx, tx, system, store.Event{
			Action: "reseal", Kind: kindKey, After: map[string]int{"count": changed},
		})
	})
	return changed, err
}

func (s *Service) reseal(ctx context.Context, tx bun.IDB, row *keyRow) error {
	secret, err := s.keys.Open(row.place(), row.Sealed)
	if err != nil {
		return err
	}
	row.Sealed = s.keys.Seal(row.place(), secret)
	_, err = tx.NewUpdate().Model(row).Column("sealed").WherePK().Exec(ctx)
	return err
}
