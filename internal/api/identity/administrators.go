package identity

import "context"

// maxNamed bounds the administrators that are named.
const maxNamed = 10

// Administrators returns the names of some who can let people into projects: for
// everybody who is signed in and has to ask.
func (s *Service) Administrators(ctx context.Context) ([]string, error) {
	account, err := s.Account(ctx)
	if err != nil {
		return nil, err
	}
	var rows []userRow
	err = selectPeople(s.db.Read, &rows, account).Where("NOT u.disabled").Where(administrates).OrderExpr("u.name").Limit(maxNamed).Scan(ctx)
	names := make([]string, len(rows))
	for i := range rows {
		names[i] = rows[i].Name
		if full := rows[i].FullName; full != "" {
			names[i] = full + " (" + rows[i].Name + ")"
		}
	}
	return names, err
}
