package change

// FromServer gives what the variables of a build server say, of the first one that is there: GitHub Actions, GitLab CI,
// Azure DevOps or Jenkins. All of it is a claim: who can change the job can change the variables.
func FromServer(env func(name string) (string, bool)) Document {
	for _, s := range servers() {
		if text, ok := env(s.sign); !ok || text == "" || text == "false" {
			continue
		}
		var out Document
		service := "service"
		set := func(into **string, names ...string) {
			for _, name := range names {
				if text, ok := env(name); ok && text != "" && *into == nil {
					*into = &text
				}
			}
		}
		set(&out.Change.Author.ID, s.author...)
		set(&out.Change.Applier.TriggeredBy, s.trigger...)
		set(&out.Source.Repo, s.repo...)
		set(&out.Source.Commit, s.commit...)
		name := s.name
		out.Change.Applier.ID, out.Change.Applier.Type = &name, &service
		if text, ok := env(s.protected); ok && s.protected != "" && text != "" {
			yes := text == "true"
			out.Source.BranchProtected = &yes
		}
		out.claim()
		return out
	}
	return Document{}
}

// server is how one build server calls things.
type server struct {
	name, sign                    string
	author, trigger, repo, commit []string
	protected                     string
}

func servers() []server {
	return []server{
		{"github-actions", "GITHUB_ACTIONS", nil, []string{"GITHUB_TRIGGERING_ACTOR", "GITHUB_ACTOR"}, []string{"GITHUB_REPOSITORY"}, []string{"GITHUB_SHA"}, "GITHUB_REF_PROTECTED"},
		{"gitlab-ci", "GITLAB_CI", []string{"CI_COMMIT_AUTHOR"}, []string{"GITLAB_USER_LOGIN"}, []string{"CI_PROJECT_PATH"}, []string{"CI_COMMIT_SHA"}, "CI_COMMIT_REF_PROTECTED"},
		{"azure-devops", "TF_BUILD", []string{"BUILD_SOURCEVERSIONAUTHOR"}, []string{"BUILD_REQUESTEDFOREMAIL", "BUILD_REQUESTEDFOR"}, []string{"BUILD_REPOSITORY_NAME"}, []string{"BUILD_SOURCEVERSION"}, ""},
		{"jenkins", "JENKINS_URL", []string{"CHANGE_AUTHOR", "GIT_AUTHOR_NAME"}, []string{"BUILD_USER_ID"}, []string{"GIT_URL"}, []string{"GIT_COMMIT"}, ""},
	}
}
