package main

import (
	"context"

	"switchboard/internal/api"
	"switchboard/internal/api/samples"
	"switchboard/internal/handlers"
)

// codeOf writes a call that somebody fills in, in a language.
func codeOf(region string) func(handlers.ProgramCall, string, string, string) (string, error) {
	return func(call handlers.ProgramCall, language, project, server string) (string, error) {
		filled := samples.Filled(call)
		return samples.WriteFilled(samples.Language(language), &filled, samples.Server{URL: server, Project: project, Region: region})
	}
}

// samplesOf writes what forms and pages do as code: the calls of deeds, in a language.
func samplesOf(service api.Service, region string) handlers.Samples {
	var languages []string
	for _, l := range samples.Languages {
		languages = append(languages, string(l))
	}
	return handlers.Samples{
		Languages: languages,
		Write: func(ctx context.Context, s api.Scope, deeds []api.Deed, language, server string) (string, error) {
			at := samples.Server{URL: server, Project: s.Project, Region: region}
			return samples.WriteDeeds(ctx, service, s, samples.Language(language), deeds, at)
		},
	}
}
