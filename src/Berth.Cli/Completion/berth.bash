# Completion of berth for bash. In ~/.bashrc:  source <(berth completion bash)
_berth() {
    local word
    COMPREPLY=()
    while IFS= read -r word; do
        [[ -n $word && $word == "${COMP_WORDS[COMP_CWORD]}"* ]] && COMPREPLY+=("$word")
    done < <(berth "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)
}
# Where nothing else is known, names of files.
complete -o default -F _berth berth
