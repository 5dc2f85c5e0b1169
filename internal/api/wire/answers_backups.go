package wire

import (
	"encoding/json"
	"slices"

	"switchboard/internal/api"
)

// answeredItem is what is read of a backup in an answer. Of the rest, documents and
// clients do not agree on the types.
type answeredItem struct {
	ID           string        `json:"id"`
	CheckpointID string        `json:"checkpoint_id"`
	Name         string        `json:"name"`
	Description  string        `json:"description"`
	Status       string        `json:"status"`
	ResourceID   string        `json:"resource_id"`
	Created      string        `json:"created_at"`
	Updated      string        `json:"updated_at"`
	Expires      string        `json:"expired_at"`
	Tags         []api.Tag     `json:"tags"`
	Records      *[]recordJSON `json:"replication_records"`
	Extend       struct {
		Auto         bool           `json:"auto_trigger"`
		CopyFrom     string         `json:"copy_from"`
		FailCode     answeredFault  `json:"fail_code"`
		FailReason   string         `json:"fail_reason"`
		ImageType    api.BackupKind `json:"image_type"`
		Progress     int            `json:"progress"`
		Zone         string         `json:"resource_az"`
		ResourceName string         `json:"resource_name"`
		Size         int64          `json:"size"` // MB
		Finished     string         `json:"finished_at"`
	} `json:"extend_info"`
}

// answeredFault has a code that is a text here and a number there.
type answeredFault struct {
	Code        json.RawMessage `json:"Code"`
	Description string          `json:"Description"`
}

// BackupIn reads the answer about one backup.
func BackupIn(body []byte) (api.Backup, error) {
	var answer struct {
		Item *answeredItem `json:"checkpoint_item"`
	}
	if err := readAnswer(body, &answer); err != nil {
		return api.Backup{}, err
	}
	return readOne(answer.Item, (*answeredItem).backup)
}

// BackupsIn reads a part of the list of backups. Sizes are in MB there, rounded up.
func BackupsIn(body []byte) ([]api.Backup, error) {
	var answer struct {
		Items *[]answeredItem `json:"checkpoint_items"`
	}
	if err := readAnswer(body, &answer); err != nil {
		return nil, err
	}
	return readEach(answer.Items, (*answeredItem).backup)
}

func (a *answeredItem) backup() (api.Backup, error) {
	x := &a.Extend
	b := api.Backup{
		ID: a.ID, Checkpoint: a.CheckpointID, Name: a.Name, Description: a.Description, Resource: api.Used{ID: a.ResourceID, Name: x.ResourceName},
		Status: api.BackupStatus(a.Status), Kind: x.ImageType, Auto: x.Auto, Region: x.Zone, CopyFrom: x.CopyFrom, Size: x.Size * megabyte,
		Created: readMoment(a.Created), Updated: readMoment(a.Updated), Finished: readMoment(x.Finished), Expires: readMoment(a.Expires), Tags: a.Tags,
	}
	b.Bytes = b.Size / 100 * int64(x.Progress)
	if b.Status == api.BackupAvailable {
		b.Bytes = b.Size
	}
	if reason := x.FailReason; b.Status == api.BackupError {
		if reason == "" {
			reason = x.FailCode.Description
		}
		b.Fault = fault(typedText(x.FailCode.Code), reason)
	}
	if a.Records != nil {
		var err error
		if b.Records, err = readEach(a.Records, (*recordJSON).record); err != nil {
			return b, err
		}
	}
	return b, identified(b.ID)
}

// typedText is a number or a text as a text, "" for anything else.
func typedText(text json.RawMessage) string {
	typed, err := readTyped(text, "")
	if err != nil {
		return ""
	}
	return typed
}

// fault is why something failed: our code if it is one, and the service's words.
func fault(code, reason string) *api.Fault {
	f := &api.Fault{Code: api.FaultInternal, Message: itSaid(reason), Detail: code}
	if known := api.FaultCode(code); slices.Contains(knownFaults, known) {
		f.Code, f.Detail = known, ""
	}
	return f
}

// knownFaults are those that somebody who is like us can have.
var knownFaults = []api.FaultCode{
	api.FaultSourceMissing, api.FaultSourceChanged, api.FaultSourceUnreadable, api.FaultSourceUnreachable,
	api.FaultDestinationFull, api.FaultDestinationRefused, api.FaultDestinationAway, api.FaultDestinationGone,
	api.FaultChecksum, api.FaultCancelled, api.FaultIneligible, api.FaultRegion, api.FaultEmpty, api.FaultInternal,
}

// RecordsIn reads a part of the list of replication records, and how many there are in
// all. How large a backup is they do not tell: what is copied is in hundredths.
func RecordsIn(body []byte) ([]api.ReplicationRecord, int, error) {
	var answer struct {
		Records *[]recordJSON `json:"replication_records"`
		Count   int           `json:"count"`
	}
	if err := readAnswer(body, &answer); err != nil {
		return nil, 0, err
	}
	records, err := readEach(answer.Records, (*recordJSON).record)
	return records, answer.Count, err
}

const hundredths = 100

func (a *recordJSON) record() (api.ReplicationRecord, error) {
	r := api.ReplicationRecord{
		ID: a.ID, Policy: a.PlanID, Status: a.Status, Backup: api.Used{ID: a.SourceItem}, Checkpoint: a.SourceCheckpoint, Source: a.SourceRegion,
		Project: a.SourceProject, Destination: api.Destination{Region: a.Region, Project: a.Project},
		Replica: a.Replica, ReplicaCheckpoint: a.ReplicaCheckpoint, Auto: a.Extra.Auto, Created: readMoment(a.Created),
		Size: hundredths, Bytes: int64(min(max(a.Extra.Progress, 0), hundredths)),
	}
	if r.Status == api.ReplicationFailed || r.Status == api.ReplicationSkipped && a.Extra.FailCode != "" {
		r.Fault = fault(a.Extra.FailCode, a.Extra.FailReason)
	}
	return r, identified(r.ID)
}

// answeredCheckpoint is what is read of a checkpoint in an answer.
type answeredCheckpoint struct {
	ID      string           `json:"id"`
	Status  api.BackupStatus `json:"status"`
	Created string           `json:"created_at"`
	Plan    struct {
		ID        string         `json:"id"`
		Name      string         `json:"name"`
		Resources []resourceBody `json:"resources"`
	} `json:"protection_plan"`
	Extra json.RawMessage `json:"extra_info"` // an object, or a text that holds one
}

// CheckpointIn reads the answer to a backup that begins: which it is, and of what. Its
// backups are asked for themselves.
func CheckpointIn(body []byte) (api.Checkpoint, error) {
	var answer struct {
		Checkpoint *answeredCheckpoint `json:"checkpoint"`
	}
	if err := readAnswer(body, &answer); err != nil {
		return api.Checkpoint{}, err
	}
	return readOne(answer.Checkpoint, (*answeredCheckpoint).checkpoint)
}

func (a *answeredCheckpoint) checkpoint() (api.Checkpoint, error) {
	c := api.Checkpoint{ID: a.ID, Created: stamp(a.Created)}
	if a.Plan.ID != fakePlan+a.ID { // of one without a policy
		c.Policy, c.PolicyName = a.Plan.ID, a.Plan.Name
	}
	for i := range a.Plan.Resources {
		var d api.ResourceDraft
		if err := a.Plan.Resources[i].apply(&d, "resources"); err != nil {
			return c, err
		}
		c.Resources = append(c.Resources, api.Resource(d))
	}
	var extra struct {
		By string `json:"created_by"`
	}
	text := a.Extra
	var inner string
	if json.Unmarshal(text, &inner) == nil {
		text = json.RawMessage(inner)
	}
	_ = json.Unmarshal(text, &extra) // not told is not on a schedule
	c.Auto = extra.By == "schedule"
	return c, identified(c.ID)
}
