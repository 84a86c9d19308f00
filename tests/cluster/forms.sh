# The ready files by the schemas of their systems, and the commands in them as those would run them.
check "the schemas are there" python
check "Kubernetes: the files fit its schema" \
  "$work/venv/bin/kubernetes-validate" --strict --quiet "$root"/docs/cluster/kubernetes-*.yaml
check "GitHub Actions: the file fits its schema" eval \
  '"$work/venv/bin/check-jsonschema" --builtin-schema vendor.github-workflows \
    "$root/docs/cluster/github-actions.yml" >/dev/null'
check "the commands of both play a study" \
  "$work/venv/bin/python" "$here/forms.py" "$root" "$work/forms"
