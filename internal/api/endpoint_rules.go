package api

// Problems judges the form of a draft. Which service it means is looked up
// elsewhere.
func (d *EndpointDraft) Problems() []Problem {
	problems := fieldProblems("",
		fieldProblem{"endpoint_service_id", idProblem(d.Service, M("endpoint.service_required"), M("endpoint.service_form"))},
		fieldProblem{"vpc_id", idProblem(d.VPCID, M("endpoint.vpc_required"), M("endpoint.vpc_form"))},
		fieldProblem{"subnet_id", idProblem(d.SubnetID, Message{}, M("endpoint.subnet_form"))},
		fieldProblem{"description", descriptionProblem(d.Description, MaxDescription)})
	return append(problems, EndpointServiceTags.Problems("tags", d.Tags)...)
}
