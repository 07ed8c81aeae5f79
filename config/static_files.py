"""How files for the browser are named: by their content, so that they can be cached for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
    max_post_process_passes = 30  # modules import modules: in an unlucky order, each pass settles one level only
