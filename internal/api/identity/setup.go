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
// is an administrator already who can sign in.
func (s *Service) NewSetUpLink(ctx context.Context) (string, error) {
	token, now := newToken(), s.now()
	row := setUpRow{Hash: digest(token), CreatedAt: store.Micros(now), ExpiresAt: store.Micros(now.Add(setUpLife))}
	err := s.beforeAdministrators(ctx, func(ctx context.Context, tx bun.Tx, _ Account) error {
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
	open, err := s.db.Read.NewSelect().Model((*setUpRow)(nil)).
		Where("hash = ? AND expires_at > ?", digest(token), store.Micros(s.now())).Exists(ctx)
	if err != nil || !open {
		return false, err
	}
	found, err := s.HasAdministrator(ctx)
	return !found, err
}

// CompleteSetUp makes the first administrator and ends the link, whichever of several
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
// there is none who can sign in: Conflict if there is. Others may be there: people come
// in by an OpenID provider before anybody has set the console up. Set-up links end with
// it.
func (s *Service) CreateFirst(ctx context.Context, actor api.Actor, name string, password api.Secret) (User, error) {
	first := NewPerson{Name: name, Administrator: true}
	hash, err := s.newPassword(ctx, first, password)
	if err != nil {
		return User{}, err
	}
	var user User
	err = s.beforeAdministrators(ctx, func(ctx context.Context, tx bun.Tx, account Account) error {
		if err := deleteSetUpLinks(ctx, tx); err != nil {
			return err
		}
		user, err = s.insertUser(ctx, tx, actor, account, first, hash)
		return err
	})
	return user, nameTaken(err, name)
}

// beforeAdministrators runs f in a transaction, one at a time and only while there is
// no administrator who can sign in.
func (s *Service) beforeAdministrators(ctx context.Context, f func(ctx context.Context, tx bun.Tx, account Account) error) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		account, err := FindAccount(ctx, tx)
		if err != nil {
			return err
		}
		if err := lockAccount(ctx, tx, account); err != nil {
			return err
		}
		found, err := hasAdministrator(ctx, tx, account)
		if err != nil {
			return err
		}
		if found {
			return api.Errorf(api.Conflict, "identity.has_administrator")
		}
		return f(ctx, tx, account)
	})
}

func deleteSetUpLinks(ctx context.Context, tx bun.IDB) error {
	_, err := tx.NewDelete().Model((*setUpRow)(nil)).Where("hash <> ''").Exec(ctx)
	return err
}
