package identity

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// AccountName is the name of the account that the first start makes.
const AccountName = "default"

type accountRow struct {
	bun.BaseModel `bun:"table:accounts"`

	ID        string `bun:"id,pk"`
	Name      string
	CreatedAt int64
}

// Account returns the account of this installation, or NotFound before the
// first start.
func (s *Service) Account(ctx context.Context) (Account, error) { return FindAccount(ctx, s.db.Read) }

// FindAccount is Account in the transaction of something else that needs it.
func FindAccount(ctx context.Context, db bun.IDB) (Account, error) {
	row := new(accountRow)
	err := db.NewSelect().Model(row).Where("name = ?", AccountName).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		err = api.Errorf(api.NotFound, "identity.account_not_found")
	}
	return Account{ID: row.ID, Name: row.Name}, err
}

// lockAccount makes other transactions that call it wait until this one ends.
// SQLite has one writer anyway; on PostgreSQL an update holds the row.
func lockAccount(ctx context.Context, tx bun.IDB, account Account) error {
	_, err := tx.NewUpdate().Model((*accountRow)(nil)).Set("name = name").Where("id = ?", account.ID).Exec(ctx)
	return err
}

// starters is how often EnsureFirst tries: another process can win the race
// for the account once and for the project once.
const starters = 3

// EnsureFirst makes sure that there is an account, with a project named after
// the region, and returns that project. Several processes may call it at once;
// when the region changes, its project is added.
func (s *Service) EnsureFirst(ctx context.Context, region string) (Project, error) {
	if !ValidProjectName(region) {
		return Project{}, api.Errorf(api.Invalid, "identity.project_name_rule")
	}
	var project Project
	var err error
	for range starters {
		err = s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
			project, err = s.ensureFirst(ctx, tx, region)
			return err
		})
		if !errors.Is(err, store.ErrDuplicate) {
			break
		}
	}
	return project, err
}

func (s *Service) ensureFirst(ctx context.Context, tx bun.IDB, region string) (Project, error) {
	account, err := FindAccount(ctx, tx)
	if api.CodeOf(err) == api.NotFound {
		account, err = s.insertAccount(ctx, tx)
	}
	if err != nil {
		return Project{}, err
	}
	row := new(projectRow)
	err = selectProjects(tx, row).Where("p.account_id = ? AND p.name = ?", account.ID, region).Scan(ctx)
	if !errors.Is(err, sql.ErrNoRows) {
		return row.project(), err
	}
	project := Project{ID: newID(), Account: account, Name: region, Region: region}
	return project, insertProject(ctx, tx, system, project, s.now())
}

func (s *Service) insertAccount(ctx context.Context, tx bun.IDB) (Account, error) {
	row := accountRow{ID: newID(), Name: AccountName, CreatedAt: store.Micros(s.now())}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return Account{}, err
	}
	return Account{ID: row.ID, Name: row.Name}, record(ctx, tx, system, store.Event{
		Action: "create", Kind: "account", ID: row.ID, Name: row.Name,
	})
}

// record writes an event that belongs to no project.
func record(ctx context.Context, tx bun.IDB, actor api.Actor, e store.Event) error {
	return store.Record(ctx, tx, api.Scope{Actor: actor}, e)
}
