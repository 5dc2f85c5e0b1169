package e2e

import (
	"database/sql"
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // the program's own database
)

// foreignKey makes an access key of another account. An installation is one
// account's, so a user and a project of it are moved behind its back.
func (p *program) foreignKey(t *testing.T) accessKey {
	t.Helper()
	p.addProject(t, "abroad")
	p.addUser(t, "eve")
	var key accessKey
	require.NoError(t, json.Unmarshal([]byte(p.run(t, "key", "create", "--user", "eve", "--project", "abroad", "--json")), &key))
	key.DomainID = "5f7d1c9e8b3a4e62a0d4c1b2e3f4a596"

	db, err := sql.Open("sqlite", filepath.Join(p.dir, "switchboard.db")+"?_pragma=busy_timeout(10000)")
	require.NoError(t, err)
	defer db.Close()
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = tx.ExecContext(t.Context(), "INSERT INTO accounts (id, name, created_at) VALUES (?, 'abroad', 0)", key.DomainID)
	require.NoError(t, err)
	_, err = tx.ExecContext(t.Context(), "UPDATE projects SET account_id = ? WHERE id = ?", key.DomainID, key.ProjectID)
	require.NoError(t, err)
	_, err = tx.ExecContext(t.Context(), "UPDATE users SET account_id = ? WHERE name = 'eve'", key.DomainID)
	require.NoError(t, err)
	require.NoError(t, tx.Commit())
	return key
}
