package wire

import "switchboard/internal/api"

// QueuedIn reads the answer to a replication: of a policy, or of one backup.
func QueuedIn(body []byte) ([]api.Queued, error) {
	var answer struct {
		Replication *struct {
			queuedJSON
			Items *[]queuedJSON `json:"checkpoint_items"`
		} `json:"replication"`
	}
	if err := readAnswer(body, &answer); err != nil {
		return nil, err
	}
	r := answer.Replication
	switch {
	case r == nil:
		return nil, ErrNoAnswer
	case r.Items == nil:
		one, err := r.queued()
		return []api.Queued{one}, err
	}
	return readEach(r.Items, (*queuedJSON).queued)
}

func (a *queuedJSON) queued() (api.Queued, error) {
	return api.Queued{Backup: a.Item, Record: a.Record}, identified(a.Item, a.Record)
}

// CapabilitiesIn reads where backups can be replicated to, by the region that they are
// in.
func CapabilitiesIn(body []byte) (map[string][]string, error) {
	var answer struct {
		Regions *[]capabilityJSON `json:"regions"`
	}
	if err := readAnswer(body, &answer); err != nil {
		return nil, err
	}
	if answer.Regions == nil {
		return nil, ErrNoAnswer
	}
	found := map[string][]string{}
	for _, r := range *answer.Regions {
		found[r.Name] = append(found[r.Name], r.Destinations...)
	}
	return found, nil
}

// ProjectsIn reads the list of the projects that somebody can use.
func ProjectsIn(body []byte) ([]api.RegionProject, error) {
	var answer struct {
		Projects *[]projectJSON `json:"projects"`
	}
	if err := readAnswer(body, &answer); err != nil {
		return nil, err
	}
	return readEach(answer.Projects, func(p *projectJSON) (api.RegionProject, error) {
		return api.RegionProject{ID: p.ID, Name: p.Name}, identified(p.ID, p.Name)
	})
}
