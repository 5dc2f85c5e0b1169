package identity

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

type userRow struct {
	bun.BaseModel `bun:"table:users,alias:u"`

	ID           string `bun:"id,pk"`
	AccountID    string
	Name         string
	PasswordHash string
	Disabled     bool
	Lang, Theme  string
	CreatedAt    int64
}

// person is a user joined with the account, as every query that leads to a
// user selects it.
type person struct {
	UserID, UserName, Lang, Theme string
	Disabled                      bool
	AccountID, AccountName        string
}

// withPerson joins the user whose id is in a column, and the account.
func withPerson(q *bun.SelectQuery, column string) *bun.SelectQuery {
	return withAccount(q.Join("JOIN users AS u ON u.id = ?", bun.Ident(column)))
}

// withAccount joins the account to the user u and selects both.
func withAccount(q *bun.SelectQuery) *bun.SelectQuery {
	return q.Join("JOIN accounts AS a ON a.id = u.account_id").
		ColumnExpr("u.id AS user_id, u.name AS user_name, u.lang, u.theme, u.disabled").
		ColumnExpr("a.id AS account_id, a.name AS account_name")
}

func (p person) user() User {
	return User{
		ID: p.UserID, Account: Account{p.AccountID, p.AccountName}, Name: p.UserName,
		Lang: p.Lang, Theme: p.Theme,
	}
}

// HasUsers reports whether anybody can sign in yet.
func (s *Service) HasUsers(ctx context.Context) (bool, error) { return hasUsers(ctx, s.db.Read) }

func hasUsers(ctx context.Context, db bun.IDB) (bool, error) {
	return db.NewSelect().Model((*userRow)(nil)).Exists(ctx)
}

// UserByName returns the user of that name in the account, or NotFound.
func (s *Service) UserByName(ctx context.Context, name string) (User, error) {
	row, err := s.findUser(ctx, Credentials{Name: name})
	if errors.Is(err, sql.ErrNoRows) {
		return User{}, api.Errorf(api.NotFound, "identity.user_not_found", "name", clip(name, 64))
	}
	return row.user(), err
}

// CreateUser adds a user to the account. What is wrong with the name or the
// password is said at the paths "name" and "password"; a taken name is a
// Conflict at "name".
func (s *Service) CreateUser(ctx context.Context, actor api.Actor, name string, password api.Secret) (User, error) {
	hash, err := s.newPassword(ctx, name, password)
	if err != nil {
		return User{}, err
	}
	var user User
	err = s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		account, err := FindAccount(ctx, tx)
		if err != nil {
			return err
		}
		user, err = s.insertUser(ctx, tx, actor, account, name, hash)
		return err
	})
	if errors.Is(err, store.ErrDuplicate) {
		return User{}, taken("name", "identity.name_taken", name)
	}
	return user, err
}

// newPassword judges a new user and returns the hash of the password.
func (s *Service) newPassword(ctx context.Context, name string, password api.Secret) (string, error) {
	if err := api.Refuse(judgeUser(name, password)); err != nil {
		return "", err
	}
	release, err := s.hashing.acquire(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	return hashPassword(password.Reveal()), nil
}

// insertUser inserts and records a user; an actor who is nobody yet is the
// user, who came in by a set-up link.
func (s *Service) insertUser(ctx context.Context, tx bun.IDB, actor api.Actor, account Account, name, hash string) (User, error) {
	row := userRow{ID: newID(), AccountID: account.ID, Name: name, PasswordHash: hash, CreatedAt: store.Micros(s.now())}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return User{}, err
	}
	user := User{ID: row.ID, Account: account, Name: name}
	if actor.User == "" {
		actor = by(user, actor)
	}
	return user, record(ctx, tx, actor, store.Event{
		Action: "create", Kind: "user", ID: user.ID, Name: name,
		After: map[string]string{"id": user.ID, "name": name},
	})
}

// SetPreferences keeps what the actor chose in the console: a language ("en",
// "zh" or "") and a theme ("auto", "light",
// "dark" or "").
func (s *Service) SetPreferences(ctx context.Context, actor api.Actor, lang, theme string) error {
	if !slices.Contains([]string{"", "en", "zh"}, lang) || !slices.Contains([]string{"", "auto", "light", "dark"}, theme) {
		return api.Errorf(api.Invalid, "identity.preference_rule")
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		row := new(userRow)
		err := tx.NewSelect().Model(row).Where("id = ?", actor.UserID).Scan(ctx)
		if errors.Is(err, sql.ErrNoRows) {
			return api.Errorf(api.NotFound, "identity.user_not_found", "name", actor.User)
		}
		if err != nil || row.Lang == lang && row.Theme == theme {
			return err
		}
		before := map[string]string{"lang": row.Lang, "theme": row.Theme}
		row.Lang, row.Theme = lang, theme
		if _, err := tx.NewUpdate().Model(row).Column("lang", "theme").WherePK().Exec(ctx); err != nil {
			return err
		}
		return record(ctx, tx, actor, store.Event{
			Action: "update", Kind: "user", ID: row.ID, Name: row.Name,
			Before: before, After: map[string]string{"lang": lang, "theme": theme},
		})
	})
}

// by returns the actor that a user is, coming from where somebody came from.
func by(user User, from api.Actor) api.Actor {
	from.UserID, from.User = user.ID, user.Name
	return from
}
