package embedded

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/store"
)

// secondRegions are names for the second region of a fresh start.
var secondRegions = []string{"local-2", "local-1"}

// console is who acts at the first start.
var console = api.Actor{User: "system", Way: api.WayConsole}

// EnsureRegions makes the regions of a fresh start: the one that the console is in,
// and a second local one, each with a project and in a folder of its own. Where there
// are regions already, only its own is made if it is missing. Projects that name no
// region are in the console's from now on. Several processes may call it at once.
func (p *Plane) EnsureRegions(ctx context.Context) error {
	if len(p.options.Folders) == 0 {
		return nil
	}
	var err error
	for range 3 { // another process can win the race for each of the two, then it is there
		err = p.db.InTx(ctx, p.ensureRegions)
		if !errors.Is(err, store.ErrDuplicate) {
			break
		}
	}
	return err
}

func (p *Plane) ensureRegions(ctx context.Context, tx bun.Tx) error {
	own := p.options.Region
	var names []string
	if err := tx.NewSelect().Model((*regionRow)(nil)).Column("name").Scan(ctx, &names); err != nil {
		return err
	}
	wanted := []string{own}
	if len(names) == 0 {
		wanted = append(wanted, second(own))
	}
	for _, name := range wanted {
		if err := p.ensureRegion(ctx, tx, name, names); err != nil {
			return err
		}
	}
	_, err := tx.NewUpdate().Model((*projectRow)(nil)).Set("region = ?", own).Where("region = ''").Exec(ctx)
	return err
}

func second(own string) string {
	if own == secondRegions[0] {
		return secondRegions[1]
	}
	return secondRegions[0]
}

// ensureRegion makes a region in a folder of its name, unless it is one of those
// that are there.
func (p *Plane) ensureRegion(ctx context.Context, tx bun.Tx, name string, there []string) error {
	for _, n := range there {
		if n == name {
			return nil
		}
	}
	d := api.RegionDraft{Name: name, Kind: api.StoreFolder, Folder: filepath.Join(p.options.Folders[0], name)}
	if err := p.makeFolder(d.Folder); err != nil {
		return err
	}
	row := &regionRow{Name: name}
	row.describe(p.keys, &d, api.Secret{}, console)
	row.CreatedAt, row.CreatedBy = row.UpdatedAt, row.UpdatedBy
	account, err := identity.FindAccount(ctx, tx)
	if err != nil {
		return err
	}
	return row.insert(ctx, tx, api.Scope{Actor: console}, account)
}
