package identity

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// administering runs a change that could leave nobody to administrate: one at a time,
// and Conflict if that is what it does.
func (s *Service) administering(ctx context.Context, f func(ctx context.Context, tx bun.Tx, account Account) error) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		account, err := FindAccount(ctx, tx)
		if err != nil {
			return err
		}
		if err := lockAccount(ctx, tx, account); err != nil {
			return err
		}
		before, err := hasAdministrator(ctx, tx, account)
		if err != nil {
			return err
		}
		if err := f(ctx, tx, account); err != nil || !before {
			return err // where there is none, nothing can be lost
		}
		after, err := hasAdministrator(ctx, tx, account)
		if err == nil && !after {
			err = api.Errorf(api.Conflict, "identity.last_administrator")
		}
		return err
	})
}

// HasAdministrator reports whether somebody can sign in and administrate: who was
// invited and has no password yet cannot.
func (s *Service) HasAdministrator(ctx context.Context) (bool, error) {
	account, err := s.Account(ctx)
	if err != nil {
		return false, err
	}
	return hasAdministrator(ctx, s.db.Read, account)
}

func hasAdministrator(ctx context.Context, db bun.IDB, account Account) (bool, error) {
	return db.NewSelect().Model((*userRow)(nil)).Where("u.account_id = ?", account.ID).Where("NOT u.disabled").
		Where("u.password_hash <> '' OR u.issuer <> ''").Where(administrates).Exists(ctx)
}

// findUser returns a user of the account by id, or NotFound.
func findUser(ctx context.Context, db bun.IDB, account Account, id string) (*userRow, error) {
	row := new(userRow)
	unknown := api.Errorf(api.NotFound, "identity.person_not_found")
	if !hexID.MatchString(id) {
		return nil, unknown
	}
	err := db.NewSelect().Model(row).Where("u.id = ? AND u.account_id = ?", id, account.ID).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, unknown
	}
	return row, err
}

// change changes a user's row and says what that was: an empty action if nothing.
type change func(ctx context.Context, tx bun.Tx, row *userRow) (store.Event, error)

// changePerson lets an administrator change some columns of a user.
func (s *Service) changePerson(ctx context.Context, actor api.Actor, id string, f change, columns ...string) error {
	if err := api.Allow(actor, api.RoleAdministrator); err != nil {
		return err
	}
	return s.administering(ctx, func(ctx context.Context, tx bun.Tx, account Account) error {
		row, err := findUser(ctx, tx, account, id)
		if err == nil {
			err = lockUser(ctx, tx, id) // before what he has, as all do: or two could wait for each other
		}
		if err != nil {
			return err
		}
		event, err := f(ctx, tx, row)
		if err != nil || event.Action == "" {
			return err
		}
		if _, err := tx.NewUpdate().Model(row).Column(columns...).WherePK().Exec(ctx); err != nil {
			return err
		}
		event.Kind, event.ID, event.Name = kindUser, row.ID, row.Name
		return record(ctx, tx, actor, event)
	})
}

// SetAdministrator makes somebody an administrator, or takes that away: Conflict if
// nobody would be one any more who can sign in. For administrators.
func (s *Service) SetAdministrator(ctx context.Context, actor api.Actor, id string, administrator bool) error {
	return s.changePerson(ctx, actor, id, func(_ context.Context, _ bun.Tx, row *userRow) (store.Event, error) {
		if row.Administrator == administrator {
			return store.Event{}, nil
		}
		row.Administrator = administrator
		return store.Event{
			Action: "set_administrator",
			Before: map[string]bool{"administrator": !administrator}, After: map[string]bool{"administrator": administrator},
		}, nil
	}, "administrator")
}

// DisablePerson keeps somebody out from this moment: sessions, tokens, access keys and
// one-time links are gone. Conflict for oneself and for the last administrator. For
// administrators.
func (s *Service) DisablePerson(ctx context.Context, actor api.Actor, id string) error {
	return s.changePerson(ctx, actor, id, func(ctx context.Context, tx bun.Tx, row *userRow) (store.Event, error) {
		if row.ID == actor.UserID {
			return store.Event{}, api.Errorf(api.Conflict, "identity.disable_self")
		}
		if row.Disabled {
			return store.Event{}, nil
		}
		row.Disabled, row.DisabledAt = true, store.Micros(s.now())
		ended, err := dropCredentials(ctx, tx, row.ID, true)
		return store.Event{Action: "disable", After: ended}, err
	}, "disabled", "disabled_at")
}

// EnablePerson lets somebody in again, by password or provider. For administrators.
func (s *Service) EnablePerson(ctx context.Context, actor api.Actor, id string) error {
	return s.changePerson(ctx, actor, id, func(_ context.Context, _ bun.Tx, row *userRow) (store.Event, error) {
		if !row.Disabled {
			return store.Event{}, nil
		}
		row.Disabled, row.DisabledAt = false, 0
		return store.Event{Action: "enable"}, nil
	}, "disabled", "disabled_at")
}

// ResetFactor takes somebody's second factor away, who lost it. For administrators.
func (s *Service) ResetFactor(ctx context.Context, actor api.Actor, id string) error {
	return s.changePerson(ctx, actor, id, func(_ context.Context, _ bun.Tx, row *userRow) (store.Event, error) {
		if row.Factor == "" {
			return store.Event{}, nil
		}
		row.dropFactor()
		return store.Event{Action: "reset_factor"}, nil
	}, factorColumns...)
}

// UpdatePerson changes what is known of somebody: an administrator, or oneself. What is
// wrong is said at "fullname" and "email".
func (s *Service) UpdatePerson(ctx context.Context, actor api.Actor, id, fullName, email string) error {
	if err := allowOwn(actor, id); err != nil {
		return err
	}
	if err := api.Refuse(judgeContact(fullName, email)); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		account, err := FindAccount(ctx, tx)
		if err != nil {
			return err
		}
		row, err := findUser(ctx, tx, account, id)
		if err != nil || row.FullName == fullName && row.Email == email {
			return err
		}
		before := row.json()
		row.FullName, row.Email = fullName, email
		if _, err := tx.NewUpdate().Model(row).Column("full_name", "email").WherePK().Exec(ctx); err != nil {
			return err
		}
		return record(ctx, tx, actor, store.Event{Action: "update", Kind: kindUser, ID: row.ID, Name: row.Name, Before: before, After: row.json()})
	})
}

// endedJSON says in the audit log how much of somebody's access was ended.
type endedJSON struct {
	Sessions int64 `json:"sessions"`
	Tokens   int64 `json:"tokens"`
	Keys     int64 `json:"access_keys"`
}

// dropCredentials ends what somebody got by the password: sessions, tokens of sign-ins
// and one-time links; or, if programs shall be ended, too, all.
func dropCredentials(ctx context.Context, tx bun.IDB, userID string, programs bool) (ended endedJSON, err error) {
	drop := func(model any, where string) (n int64) {
		if err != nil {
			return 0
		}
		var result sql.Result
		if result, err = tx.NewDelete().Model(model).Where("user_id = ?", userID).Where(where).Exec(ctx); err == nil {
			n, err = result.RowsAffected()
		}
		return n
	}
	which := "name = ''"
	if programs {
		which = "TRUE"
		ended.Keys = drop((*keyRow)(nil), which)
	}
	ended.Tokens = drop((*tokenRow)(nil), which)
	ended.Sessions = drop((*sessionRow)(nil), "TRUE")
	drop((*linkRow)(nil), "TRUE")
	return ended, err
}
