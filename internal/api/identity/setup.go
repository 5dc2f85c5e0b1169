package identity

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// setUpLife is how long a set-up link is good for.
const setUpLife = 24 * time.Hour

type setUpRow struct {
	bun.BaseModel `bun:"table:setup_links"`

	Hash      string `bun:"hash,pk"`
	CreatedAt int64
	ExpiresAt int64
}

// NewSetUpLink makes the token of a link that lets one person become the first
// administrator, within 24 hours. It replaces an older one; Conflict if there
// are users already.
func (s *Service) NewSetUpLink(ctx context.Context) (string, error) {
	token, now := newToken(), s.now()
	row := setUpRow{Hash: digest(token), CreatedAt: store.Micros(now), ExpiresAt: store.Micros(now.Add(setUpLife))}
	err := s.beforeUsers(ctx, func(ctx context.Context, tx bun.Tx, _ Account) error {
		if err := deleteSetUpLinks(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return err
		}
		return record(ctx, tx, system, store.Event{Action: "create", Kind: "set_up_link"})
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// SetUpOpen reports whether the link with that token still works.
func (s *Service) SetUpOpen(ctx context.Context, token string) (bool, error) {
	users := s.db.Read.NewSelect().Model((*userRow)(nil)).ColumnExpr("1")
	return s.db.Read.NewSelect().Model((*setUpRow)(nil)).
		Where("hash = ? AND expires_at > ?", digest(token), store.Micros(s.now())).
		Where("NOT EXISTS (?)", users).Exists(ctx)
}

// CompleteSetUp makes the first user and ends the link, whichever of several
// comes first. Problems with name and password as in CreateUser; NotFound if
// the link does not work any more, Conflict if somebody was faster.
func (s *Service) CompleteSetUp(ctx context.Context, token, name string, password api.Secret, from api.Actor) (User, error) {
	open, err := s.SetUpOpen(ctx, token)
	if err != nil {
		return User{}, err
	}
	if !open {
		return User{}, api.Errorf(api.NotFound, "identity.set_up_closed")
	}
	return s.CreateFirst(ctx, from, name, password)
}

// CreateFirst adds an administrator as CreateUser does, for whoever asks but only while
// there are no users: Conflict if there are. Set-up links end with it.
func (s *Service) CreateFirst(ctx context.Context, actor api.Actor, name string, password api.Secret) (User, error) {
	first := NewPerson{Name: name, Administrator: true}
	hash, err := s.newPassword(ctx, first, password)
	if err != nil {
		return User{}, err
	}
	var user User
	err = s.beforeUsers(ctx, func(ctx context.Context, tx bun.Tx, account Account) error {
		if err := deleteSetUpLinks(ctx, tx); err != nil {
			return err
		}
		user, err = s.insertUser(ctx, tx, actor, account, first, hash)
		return err
	})
	return user, err
}

// beforeUsers runs f in a transaction, one at a time and only while there are
// no users.
func (s *Service) beforeUsers(ctx context.Context, f func(ctx context.Context, tx bun.Tx, account Account) error) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		account, err := FindAccount(ctx, tx)
		if err != nil {
			return err
		}
		if err := lockAccount(ctx, tx, account); err != nil {
			return err
		}
		found, err := hasUsers(ctx, tx)
		if err != nil {
			return err
		}
		if found {
			return api.Errorf(api.Conflict, "identity.has_users")
		}
		return f(ctx, tx, account)
	})
}

func deleteSetUpLinks(ctx context.Context, tx bun.IDB) error {
	_, err := tx.NewDelete().Model((*setUpRow)(nil)).Where("hash <> ''").Exec(ctx)
	return err
}
