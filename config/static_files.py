"""How files for the browser are named: by their content, so that they can be cached for ever."""

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Django's rewriting of imports in modules, for which it has no public name, and so its stubs have none at all.
_IMPORTS = HashedFilesMixin._js_module_import_aggregation_patterns[1]  # type: ignore[attr-defined] # see above


class HashedFiles(CompressedManifestStaticFilesStorage):
    # Only our own modules import each other. To look for imports in everything that others wrote would take longer than
    # all the rest.
    patterns = (*HashedFilesMixin.patterns, ("parley/*.js", _IMPORTS))
    max_post_process_passes = 30  # in an unlucky order, each pass settles one level of modules only
