package wire

import (
	"switchboard/internal/api"
)

// answeredPolicy is a policy in an answer, read as the body of an update would be, in
// which clients of all years put things in their own way.
type answeredPolicy struct {
	policyBody

	ID         string               `json:"id"`
	Created    string               `json:"created_at"`
	Operations *[]answeredOperation `json:"scheduled_operations"`
}

type answeredOperation struct {
	operationBody

	Trigger struct {
		triggerBody

		ID         string `json:"id"`
		Properties struct {
			propertiesBody

			Start string `json:"start_time"`
		} `json:"properties"`
	} `json:"trigger"`
}

// PolicyIn reads the answer about one policy.
func PolicyIn(body []byte) (api.Policy, error) {
	var answer struct {
		Policy *answeredPolicy `json:"policy"`
	}
	if err := readAnswer(body, &answer); err != nil {
		return api.Policy{}, err
	}
	return readOne(answer.Policy, (*answeredPolicy).policy)
}

// PoliciesIn reads a part of the list of policies; it is the last if there are fewer
// than were asked for.
func PoliciesIn(body []byte) ([]api.Policy, error) {
	var answer struct {
		Policies *[]answeredPolicy `json:"policies"`
	}
	if err := readAnswer(body, &answer); err != nil {
		return nil, err
	}
	return readEach(answer.Policies, (*answeredPolicy).policy)
}

func (a *answeredPolicy) policy() (api.Policy, error) {
	a.Provider = nil // whichever it is
	var d api.PolicyDraft
	if err := a.apply(&d); err != nil {
		return api.Policy{}, err
	}
	p := api.Policy{ID: a.ID, Name: d.Name, Description: d.Description, Parameters: d.Parameters, Tags: d.Tags, Created: stamp(a.Created)}
	for _, r := range d.Resources {
		p.Resources = append(p.Resources, api.Resource(r))
	}
	if a.Operations == nil {
		return p, identified(p.ID, p.Name)
	}
	for i := range *a.Operations {
		o, err := (*a.Operations)[i].operation()
		if err != nil {
			return p, err
		}
		p.Operations = append(p.Operations, o)
	}
	return p, identified(p.ID, p.Name)
}

func (a *answeredOperation) operation() (api.Operation, error) {
	var d api.OperationDraft
	a.operationBody.Trigger.Properties = a.Trigger.Properties.propertiesBody
	if err := a.apply(&d, "operation"); err != nil {
		return api.Operation{}, err
	}
	return api.Operation{
		ID: a.ID, Trigger: a.Trigger.ID, Type: d.Type, Name: d.Name, Description: d.Description, Enabled: d.Enabled, Pattern: d.Pattern,
		Start: readMoment(a.Trigger.Properties.Start), Retention: d.Retention(),
		Destination: api.Destination{Region: d.Region, Project: d.Project}, Accelerate: d.Accelerate,
	}, identified(a.ID)
}
